import type { Connection } from '@tams/platform';
import type { Client } from 'pg';

/** A step of a plan of PostgreSQL. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  /** How often it ran; only where the statement was executed. */
  readonly 'Actual Loops'?: number;
  /** Rows of one run, on average; only where the statement was executed. */
  readonly 'Actual Rows'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** The steps of the plan of a statement. @param options of EXPLAIN; with `ANALYZE` the statement is executed */
export async function explain(
  database: Client,
  options: readonly string[],
  text: string,
  values: readonly unknown[],
): Promise<PlanNode[]> {
  const { rows } = await database.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `EXPLAIN (${['FORMAT JSON', ...options].join(', ')}) ${text}`,
    [...values],
  );
  return nodesOf(rows[0]!['QUERY PLAN'][0].Plan);
}

/** A step and all below it. */
function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/**
 * Asks a repository, and PostgreSQL how it would answer: with these values, and with a plan for any values.
 * @returns the steps of each plan, in that order for each statement
 */
export async function plansOf(
  database: Client,
  ask: (connection: Connection) => Promise<unknown>,
): Promise<PlanNode[][]> {
  const plans: PlanNode[][] = [];
  await ask({
    query: async (text, values = []) => {
      plans.push(await explain(database, [], text, values), await explain(database, ['GENERIC_PLAN'], text, []));
      return [];
    },
  });
  return plans;
}

/** How many rows the steps of an executed plan looked at together. */
export function rowsLookedAt(nodes: readonly PlanNode[]): number {
  return nodes.reduce((sum, node) => {
    const rows =
      (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Join Filter'] ?? 0);
    return sum + rows * (node['Actual Loops'] ?? 0);
  }, 0);
}

/** Tables that a plan reads whole. */
export function scannedTables(nodes: readonly PlanNode[]): string[] {
  return nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'] ?? '');
}
