import type { StorageBackendDetails } from '@tams/storage';

/** Bytes on a backend that no row of the index knows. */
export interface Orphan {
  readonly kind: 'orphan';
  readonly object_id: string;
  readonly size_bytes: number;
  readonly modified: string;
}

/** A registered object whose bytes the backend does not have. */
export interface Dangling {
  readonly kind: 'dangling';
  readonly object_id: string;
  /** Whether other instances of it are advertised. */
  readonly other_instances: boolean;
}

/** An object of another size than the index says. */
export interface SizeMismatch {
  readonly kind: 'size-mismatch';
  readonly object_id: string;
  readonly indexed_bytes: number;
  readonly size_bytes: number;
}

/** A way in which index and backend can disagree on an object. */
export type Difference = Orphan | Dangling | SizeMismatch;

/** One place where index and backend disagree. */
export type Finding = Difference & {
  readonly storage_id: string;
  /** Whether it was put right: orphans are deleted, dangling instances no longer advertised, sizes corrected. */
  readonly repaired: boolean;
};

/** What the comparison of one backend came to. */
export interface BackendFigures {
  /** Objects the backend holds, and their bytes. */
  objects: number;
  bytes: number;
  orphans: number;
  orphan_bytes: number;
  dangling: number;
  size_mismatches: number;
  repaired: number;
  /** Unfinished uploads that were freed. */
  abandoned_uploads: number;
}

/** The report on one backend. */
export interface BackendReport extends BackendFigures {
  readonly storage_id: string;
  readonly label?: string;
  /** Why it was not, or not wholly, compared; its figures then say only how far it came. */
  readonly problem?: string;
}

/** Nothing found yet. */
export function noFigures(): BackendFigures {
  return {
    objects: 0,
    bytes: 0,
    orphans: 0,
    orphan_bytes: 0,
    dangling: 0,
    size_mismatches: 0,
    repaired: 0,
    abandoned_uploads: 0,
  };
}

/** Puts figures and what they are of together. */
export function reportOn(
  { id, label }: Pick<StorageBackendDetails, 'id' | 'label'>,
  figures: BackendFigures,
  problem?: string,
): BackendReport {
  return {
    storage_id: id,
    ...(label === undefined ? {} : { label }),
    ...(problem === undefined ? {} : { problem }),
    ...figures,
  };
}
