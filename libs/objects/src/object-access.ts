import { Injectable } from '@nestjs/common';
import { ClassAccess, MissingClassRightError, withinClasses } from '@tams/auth';
import type { ClassRight, Connection, DomainError } from '@tams/platform';

/** SQL: whether segments of some Flow use the object `o`, or use objects it initialises. @param condition on `s.flow_id` */
const uses = (condition: string) => `
  EXISTS (SELECT 1 FROM segments s WHERE s.object_id = o.id AND ${condition})
  OR (o.role = 'init' AND EXISTS (
        SELECT 1 FROM objects m JOIN segments s ON s.object_id = m.id WHERE m.init_object_id = o.id AND ${condition}))`;

/**
 * SQL: whether the Flow an object came from is still there. A Flow that was made after that moment has the id of one that is
 * gone, and inherits nothing of it.
 * @param flow column with the Flow's id @param moment column that says since when
 */
const origin = (flow: string, moment: string, condition: string) => `
  EXISTS (SELECT 1 FROM flows f WHERE f.id = ${flow} AND f.created <= ${moment} AND ${condition})`;

const ORIGINS = [
  ['o.allocated_for_flow', 'o.allocated'],
  ['o.first_referenced_by_flow', 'o.registered'],
] as const;

/**
 * What callers may do with objects: what they may do with any Flow that uses them (AppNote 0016, Media Objects). An object
 * that nothing uses belongs to the Flow it was allocated for, or that used it first: its first registration needs no more than
 * the right to write that Flow. When that Flow is gone it is nobody's but administrators'.
 */
@Injectable()
export class ObjectAccess {
  constructor(private readonly classes: ClassAccess) {}

  /** Classes whose content the caller may read; `undefined` when they may read all. */
  get readable(): readonly string[] | undefined {
    return this.classes.readable;
  }

  /**
   * @param absent the error of an object that does not exist: to whom may do nothing with it, it does not
   * @throws {MissingClassRightError} when the caller may do something else with it
   */
  async require(connection: Connection, right: ClassRight, objectId: string, absent: () => DomainError): Promise<void> {
    const rights = this.classes.rights();
    if (!rights) return;
    if ((await this.within(connection, [objectId], rights.with(right))).size > 0) return;
    throw (await this.within(connection, [objectId], rights.any)).size > 0
      ? new MissingClassRightError([right])
      : absent();
  }

  /**
   * Which objects the caller may register with segments of a Flow of theirs; others do not exist for them. An initialisation
   * object allocated for the Flow is used again and again by whoever writes it.
   * @returns `undefined` when they may register all
   */
  async usable(
    connection: Connection,
    objectIds: readonly string[],
    flowId: string,
  ): Promise<ReadonlySet<string> | undefined> {
    const { readable } = this.classes;
    return readable && this.within(connection, objectIds, readable, flowId);
  }

  /** Which of these objects are reached through Flows of some classes, or, unused, were allocated for a Flow. */
  private async within(
    connection: Connection,
    objectIds: readonly string[],
    classes: readonly string[],
    allocatedFor: string | null = null,
  ): Promise<ReadonlySet<string>> {
    const unused = `(o.role IS NULL OR o.unreferenced_since IS NOT NULL)`;
    const owned = ORIGINS.map(([flow, moment]) => origin(flow, moment, withinClasses('flow', 'f.id', '$2'))).join(
      ' OR ',
    );
    const forFlow = origin('o.allocated_for_flow', 'o.allocated', 'f.id = $3::uuid');
    const rows = await connection.query<{ id: string }>(
      `SELECT o.id FROM objects o
        WHERE o.id = ANY($1::text[])
          AND (${uses(withinClasses('flow', 's.flow_id', '$2'))} OR (${unused} AND (${owned}))
               OR ((${unused} OR o.role = 'init') AND ${forFlow}))`,
      [objectIds, classes, allocatedFor],
    );
    return new Set(rows.map(({ id }) => id));
  }
}
