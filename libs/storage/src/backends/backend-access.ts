import { Injectable } from '@nestjs/common';
import { ClassAccess, classesOf } from '@tams/auth';
import type { ClassRight } from '@tams/platform';
import type { StorageBackend, StorageBackendDetails } from './storage-backend';
import { StorageBackends } from './storage-backends';

/**
 * Storage backends as the caller may use them. One whose tags have no `auth_classes` is everybody's, because its tags are
 * set by whoever runs the server (ADR 0055 of the specification).
 */
@Injectable()
export class BackendAccess {
  constructor(
    private readonly backends: StorageBackends,
    private readonly classes: ClassAccess,
  ) {}

  /**
   * The backend with this id; `undefined` when, for the caller, there is none.
   * @throws {MissingClassRightError} when the caller may do something else with it
   */
  get(id: string, right: ClassRight): StorageBackend | undefined {
    return this.admitted(this.backends.get(id), right);
  }

  /** The default backend, under the same conditions. */
  default(right: ClassRight): StorageBackend | undefined {
    return this.admitted(this.backends.default, right);
  }

  /** Whether nothing keeps the caller from a backend; one that is not configured (any more) is nobody's. */
  isUsable(id: string, right: ClassRight): boolean {
    return !this.backends.get(id) || this.get(id, right) !== undefined;
  }

  /** Whether the caller may read from a backend; one that is not configured is nobody's. */
  isReadable(id: string): boolean {
    const backend = this.backends.get(id);
    return backend !== undefined && isOpenTo(backend.details, this.classes.readable);
  }

  private admitted(backend: StorageBackend | undefined, right: ClassRight): StorageBackend | undefined {
    if (!backend || classesOf(backend.details.tags).length === 0) return backend;
    return this.classes.admits(right, backend.details.tags) ? backend : undefined;
  }
}

/**
 * Whether whoever may read some classes may read from a backend.
 * @param classes absent for whoever may read everything
 */
export function isOpenTo(
  { tags }: Pick<StorageBackendDetails, 'tags'>,
  classes: readonly string[] | undefined,
): boolean {
  const own = classesOf(tags);
  return classes === undefined || own.length === 0 || own.some((name) => classes.includes(name));
}
