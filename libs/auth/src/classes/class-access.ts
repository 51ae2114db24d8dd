import type { TagFilter, Tags } from '@tams/model';
import type { ClassRight, ClassSettings, DomainError } from '@tams/platform';
import { currentPrincipal, type Principal } from '../principal';
import { MissingClassRightError, OwnClassMissingError } from './class.errors';
import { ClassPolicy } from './class-policy';
import { AUTH_CLASSES, classesOf, ClassRights } from './class-rights';
import { type Reach, unrecordedReach } from './reach';

/**
 * Authorisation by the `auth_classes` tag (AppNote 0016, finer grained authorisation): the one place that knows what a
 * caller may do with single Flows, Sources, webhooks and storage backends. Switched off, and for administrators and the
 * server's own work, it restricts nothing and looks at nothing.
 */
export class ClassAccess {
  private readonly policy: ClassPolicy;
  /** Whether classes restrict anybody. */
  readonly enabled: boolean;
  private readonly rightsOf = new WeakMap<Principal, ClassRights>();

  constructor({ enabled, map }: ClassSettings) {
    this.enabled = enabled;
    this.policy = new ClassPolicy(map);
  }

  /**
   * What the caller may do, by class; `undefined` when nothing restricts them. A right counts only when the credentials
   * claim its scope too.
   */
  rights(principal: Principal | undefined = currentPrincipal()): ClassRights | undefined {
    if (!this.enabled || !principal || principal.isAdmin) return undefined;
    let rights = this.rightsOf.get(principal);
    if (!rights) {
      const granted = this.policy.grantedTo(principal.groups);
      const claimed = (permitted: Iterable<ClassRight>): Set<ClassRight> =>
        new Set([...permitted].filter((right) => principal.scopes.has(right)));
      rights = new ClassRights(new Map([...granted].map(([name, permitted]) => [name, claimed(permitted)])));
      this.rightsOf.set(principal, rights);
    }
    return rights;
  }

  /** Classes whose content the caller may read; `undefined` when they may read all. */
  get readable(): readonly string[] | undefined {
    return this.rights()?.with('read');
  }

  /** Classes of which the caller may know that something is there, whatever they may do; `undefined` for all. */
  get known(): readonly string[] | undefined {
    return this.rights()?.any;
  }

  /** What the caller may read, to be kept with a webhook of theirs. */
  get reach(): Reach {
    if (!this.enabled) return unrecordedReach;
    const { readable } = this;
    return readable ? { all: false, classes: readable } : { all: true, classes: null };
  }

  /** Classes whose content a webhook may tell of; `undefined` for all. What was never recorded is nothing. */
  readableWithin({ all, classes }: Reach): readonly string[] | undefined {
    return this.enabled && !all ? (classes ?? []) : undefined;
  }

  /** Narrows the tag filter of a listing to what the caller may read: their classes, or those of them that they ask for. */
  narrow(filter: TagFilter): TagFilter {
    const { readable } = this;
    if (!readable) return filter;
    const asked = filter.values.find(({ name }) => name === AUTH_CLASSES);
    const values = asked ? asked.values.filter((value) => readable.includes(value)) : readable;
    return {
      ...filter,
      values: [...filter.values.filter((condition) => condition !== asked), { name: AUTH_CLASSES, values }],
    };
  }

  /**
   * Whether the caller may do this with something so tagged.
   * @param absent the error of something that does not exist: to whom may do nothing with it, it does not
   * @throws {MissingClassRightError} when they may do something else with it
   */
  require(right: ClassRight, tags: Tags | null | undefined, absent: () => DomainError): void {
    if (!this.admits(right, tags)) throw absent();
  }

  /**
   * The same, where what does not exist is no error.
   * @returns false when, for the caller, it does not exist
   * @throws {MissingClassRightError}
   */
  admits(right: ClassRight, tags: Tags | null | undefined): boolean {
    const rights = this.rights()?.on(classesOf(tags));
    if (!rights || rights.has(right)) return true;
    if (rights.size > 0) throw new MissingClassRightError([right]);
    return false;
  }

  /**
   * Whether the caller may change the classes of something they may write: they need what the classes they add or remove
   * permit anybody, so that nobody gives (or takes away) what they do not have.
   * @throws {MissingClassRightError}
   */
  requireChange(before: Tags | null | undefined, after: Tags | null | undefined): void {
    const rights = this.rights();
    if (!rights) return;
    const [old, next] = [classesOf(before), classesOf(after)];
    const changed = [...old.filter((name) => !next.includes(name)), ...next.filter((name) => !old.includes(name))];
    const needed = new Set(changed.flatMap((name) => [...this.policy.permittedBy(name)]));
    const held = rights.on(old);
    const missing = [...needed].filter((right) => !held.has(right));
    if (missing.length > 0) throw new MissingClassRightError(missing, 'changing these auth_classes');
  }

  /**
   * Whether the caller could use what they are about to create.
   * @throws {OwnClassMissingError}
   */
  requireOwn(right: ClassRight, tags: Tags | null | undefined): void {
    const rights = this.rights();
    if (!rights || rights.on(classesOf(tags)).has(right)) return;
    throw new OwnClassMissingError(right, rights.with(right));
  }
}
