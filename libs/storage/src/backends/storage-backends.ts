import type { BackendContext } from './backend-type';
import { readBackendPlans } from './backend-plans';
import { ObservedBackend } from './observed-backend';
import type { StorageBackend } from './storage-backend';

/** Sorts behind every label. */
const UNLABELLED = '\uffff';

/** The storage backends of this server: fixed at start, sorted with the default first, then by label and id. */
export class StorageBackends {
  /** Every backend, in the order they are listed and preferred. */
  readonly all: readonly StorageBackend[];
  /** The backend that is used when a client names none; a server may have none. */
  readonly default: StorageBackend | undefined;
  private readonly byId: ReadonlyMap<string, StorageBackend>;

  constructor(backends: readonly StorageBackend[]) {
    this.all = [...backends].sort(inListingOrder);
    this.default = this.all.find((backend) => backend.details.default_storage);
    this.byId = new Map(this.all.map((backend) => [backend.details.id, backend]));
  }

  /**
   * Opens the configured backends.
   * @throws {ConfigurationError} naming every mistake of the configuration file
   */
  static async open(context: BackendContext): Promise<StorageBackends> {
    const plans = await readBackendPlans(context.configuration);
    return new StorageBackends(
      await Promise.all(plans.map(async (plan) => new ObservedBackend(await plan.open(context)))),
    );
  }

  /** The backend with this id; `undefined` when it is not (or no longer) configured. */
  get(id: string): StorageBackend | undefined {
    return this.byId.get(id);
  }
}

function inListingOrder({ details: a }: StorageBackend, { details: b }: StorageBackend): number {
  return (
    Number(b.default_storage ?? false) - Number(a.default_storage ?? false) ||
    (a.label ?? UNLABELLED).localeCompare(b.label ?? UNLABELLED, 'en') ||
    a.id.localeCompare(b.id, 'en')
  );
}
