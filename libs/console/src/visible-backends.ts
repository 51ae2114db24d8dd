import { Injectable } from '@nestjs/common';
import { ClassAccess, classesOf } from '@tams/auth';
import { type StorageBackend, StorageBackends } from '@tams/storage';

/** The storage backends a caller may know of: those without `auth_classes` are everybody's. */
@Injectable()
export class VisibleBackends {
  constructor(
    private readonly backends: StorageBackends,
    private readonly classes: ClassAccess,
  ) {}

  get all(): readonly StorageBackend[] {
    return this.backends.all.filter((backend) => this.isVisible(backend));
  }

  /** The backend with this id; `undefined` when it is not configured, or not for the caller. */
  get(id: string): StorageBackend | undefined {
    const backend = this.backends.get(id);
    return backend && this.isVisible(backend) ? backend : undefined;
  }

  /** Whether the caller may be told that something is there; of a backend that is gone they may. */
  mayKnow(id: string): boolean {
    return this.backends.get(id) === undefined || this.get(id) !== undefined;
  }

  private isVisible({ details }: StorageBackend): boolean {
    const { readable } = this.classes;
    const classes = classesOf(details.tags);
    return readable === undefined || classes.length === 0 || classes.some((name) => readable.includes(name));
  }
}
