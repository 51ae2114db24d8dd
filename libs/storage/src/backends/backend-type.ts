import { tags, uuid } from '@tams/model';
import type { Configuration, Database } from '@tams/platform';
import { z } from 'zod';
import type { StorageBackend, StorageBackendDetails } from './storage-backend';

/** What a backend is opened with beside its own settings. */
export interface BackendContext {
  readonly configuration: Configuration;
  readonly database: Database;
}

const text = z.string('must be a text').min(1, 'must not be empty');

/** Settings every kind of backend has: what GET /service/storage-backends says about it. */
export const commonSettings = {
  id: uuid.optional(),
  // Labels are listed with commas in `accept_get_urls`.
  label: text.regex(/^[^,]+$/, 'must not contain a comma').optional(),
  provider: text.optional(),
  region: text.optional(),
  availability_zone: text.optional(),
  store_product: text.optional(),
  tags: tags.optional(),
  default_storage: z.boolean('must be true or false').optional(),
};

/** Settings as they come out of {@link commonSettings}. */
export type CommonSettings = z.output<z.ZodObject<typeof commonSettings>>;

/** Settings that were checked, with what opens a backend from them. */
export interface BackendPlan extends CommonSettings {
  open(context: BackendContext): Promise<StorageBackend>;
}

/** One kind of storage backend: its name in the configuration file, its settings, and how it is opened. */
export interface BackendType {
  readonly type: string;
  /** Checks the settings of one backend. @returns the plan, or every mistake */
  plan(settings: unknown): BackendPlan | z.ZodError;
}

/** Makes a {@link BackendType} out of a schema (which contains {@link commonSettings}) and the function that opens it. */
export function backendType<Schema extends z.ZodType<CommonSettings>>(
  type: string,
  schema: Schema,
  open: (settings: z.output<Schema>, context: BackendContext) => Promise<StorageBackend>,
): BackendType {
  return {
    type,
    plan(settings) {
      const result = schema.safeParse(settings);
      if (!result.success) return result.error;
      return { ...result.data, open: (context) => open(result.data, context) };
    },
  };
}

/** The details clients see, from settings, where `fallback` fills what must be there. */
export function detailsFrom(
  settings: CommonSettings,
  fallback: { readonly id: string; readonly provider: string; readonly store_product: string },
): StorageBackendDetails {
  const { label, region, availability_zone, tags: ownTags, default_storage } = settings;
  return {
    id: settings.id ?? fallback.id,
    ...(label === undefined ? {} : { label }),
    store_type: 'http_object_store',
    provider: settings.provider ?? fallback.provider,
    ...(region === undefined ? {} : { region }),
    ...(availability_zone === undefined ? {} : { availability_zone }),
    store_product: settings.store_product ?? fallback.store_product,
    ...(ownTags === undefined ? {} : { tags: ownTags }),
    ...(default_storage === undefined ? {} : { default_storage }),
  };
}
