import type { Tags } from '@tams/model';
import type { ClassRight } from '@tams/platform';

/** The tag that holds the classes of a Flow, a Source, a webhook or a storage backend (AppNote 0016). */
export const AUTH_CLASSES = 'auth_classes';

/** The classes of something that is tagged. */
export function classesOf(tags: Tags | null | undefined): readonly string[] {
  const value = tags && Object.hasOwn(tags, AUTH_CLASSES) ? tags[AUTH_CLASSES] : undefined;
  return value === undefined ? [] : [value].flat();
}

/** What one caller may do with content of each class. */
export class ClassRights {
  private readonly lists = new Map<ClassRight, readonly string[]>();

  constructor(private readonly granted: ReadonlyMap<string, ReadonlySet<ClassRight>>) {}

  /** The classes on which the caller has a right. */
  with(right: ClassRight): readonly string[] {
    let list = this.lists.get(right);
    if (!list) {
      list = [...this.granted].filter(([, rights]) => rights.has(right)).map(([className]) => className);
      this.lists.set(right, list);
    }
    return list;
  }

  /** The classes on which the caller has any right. */
  get any(): readonly string[] {
    return [...this.granted].filter(([, rights]) => rights.size > 0).map(([className]) => className);
  }

  /** What the caller may do with something of these classes. */
  on(classes: readonly string[]): ReadonlySet<ClassRight> {
    return new Set(classes.flatMap((className) => [...(this.granted.get(className) ?? [])]));
  }
}
