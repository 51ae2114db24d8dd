import { type ClassGrant, type ClassRight, classRights } from '@tams/platform';

type Grants = Map<string, Set<ClassRight>>;

/** Group of a map that stands for everybody who is known. */
const EVERYBODY = '*';

/**
 * Endings of class names that limit what a class permits, where no map says otherwise: `sport` permits the group `sport`
 * everything, `sport_ro` reading alone (the example of AppNote 0016).
 */
const endings: readonly (readonly [ending: string, rights: readonly ClassRight[]])[] = [
  ['_ro', ['read']],
  ['_rw', ['read', 'write']],
];

/** Who may do what with which class of content: by a map from the configuration, or else by the names alone. */
export class ClassPolicy {
  private readonly byGroup: ReadonlyMap<string, readonly ClassGrant[]> | undefined;
  private readonly byClass: Grants = new Map();

  /** @param map the whole policy; when it is empty, groups and classes belong together by their names */
  constructor(map: readonly ClassGrant[]) {
    if (map.length > 0) this.byGroup = Map.groupBy(map, ({ group }) => group);
    for (const { className, rights } of map) add(this.byClass, className, rights);
  }

  /** What members of these groups may do, by class. */
  grantedTo(groups: readonly string[]): Grants {
    const granted: Grants = new Map();
    if (this.byGroup) {
      for (const group of [EVERYBODY, ...groups])
        for (const { className, rights } of this.byGroup.get(group) ?? []) add(granted, className, rights);
      return granted;
    }
    for (const group of groups) {
      // A group that is itself called sport_ro gets no more by the class of its name than anybody else.
      add(granted, group, rightsByName(group));
      for (const [ending, rights] of endings) add(granted, group + ending, rights);
    }
    return granted;
  }

  /** What a class permits to anybody at all: whoever adds or removes it gives or takes this. */
  permittedBy(className: string): ReadonlySet<ClassRight> {
    if (this.byGroup) return this.byClass.get(className) ?? new Set();
    return new Set(rightsByName(className));
  }
}

function rightsByName(className: string): readonly ClassRight[] {
  return endings.find(([ending]) => className.endsWith(ending))?.[1] ?? classRights;
}

function add(grants: Grants, className: string, rights: readonly ClassRight[]): void {
  const known = grants.get(className) ?? new Set();
  for (const right of rights) known.add(right);
  grants.set(className, known);
}
