import { uuid } from '@tams/model';
import { documentedAs } from '@tams/platform';
import { z } from 'zod';
import { uncontrolledUrl } from '../object.schema';

/** A copy on a storage backend of ours. */
const controlled = z.object({ storage_id: uuid });

/**
 * Body of POST /objects/{objectId}/instances (schemas/objects-instances-post.json): a copy on another backend, or a URL
 * outside this store. Being both at once is neither.
 */
export const objectInstancePost = documentedAs(
  z
    .looseObject({}, 'must be a JSON object')
    .refine(
      (body) => !('storage_id' in body && 'url' in body),
      'must have either storage_id, or url and label: a controlled copy, or a URL outside this store',
    )
    .pipe(z.union([controlled, uncontrolledUrl], { error: explainNeither })),
  z
    .union([
      controlled.extend({ url: z.never().optional() }).meta({ id: 'ControlledInstancePost' }),
      uncontrolledUrl.extend({ storage_id: z.never().optional() }).meta({ id: 'UncontrolledInstancePost' }),
    ])
    .meta({ id: 'ObjectInstancePost' }),
);
export type ObjectInstancePost = z.output<typeof objectInstancePost>;

/** Query of DELETE /objects/{objectId}/instances: which instance. */
export const objectInstanceQuery = z
  .looseObject({
    storage_id: uuid.optional().meta({ description: 'Storage backend whose instance is deleted.' }),
    label: z
      .string('must be given once')
      .min(1, 'must not be empty')
      .optional()
      .meta({ description: 'Label of the instance that is deleted; for URLs outside this store.' }),
  })
  .refine(
    ({ storage_id, label }) => (storage_id === undefined) !== (label === undefined),
    'must have exactly one of storage_id and label: it says which instance to delete',
  );
export type ObjectInstanceQuery = z.output<typeof objectInstanceQuery>;

/** Says what is wrong with the kind of instance the client meant, rather than with both kinds. */
function explainNeither({ input }: { readonly input?: unknown }): string {
  const body = input as Readonly<Record<string, unknown>>;
  const meant = 'url' in body || 'label' in body ? uncontrolledUrl : controlled;
  const mistakes = meant.safeParse(body).error?.issues ?? [];
  if (Object.keys(body).length === 0) return 'must have either storage_id, or url and label';
  return mistakes.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
}
