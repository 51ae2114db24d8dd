import { Client } from 'pg';
import { videoFlow } from '../support/flow-fixtures';
import { poll } from './child';
import type { RunbookWorld } from './runbook-world';

/** A fault and what the steps of its runbook must say of it. */
export interface Fault {
  /** Makes it. @returns what undoes it */
  readonly make: (world: RunbookWorld) => Promise<() => Promise<unknown>>;
  /** What the steps print then, and do not print on a healthy server. */
  readonly says: readonly (RegExp | ((output: string) => boolean))[];
  /** Why a healthy server may say it too. */
  readonly healthyToo?: string;
  /** Needs the small disk. */
  readonly onSmallDisk?: boolean;
}

/** Undoes nothing. */
export const nothing = (): Promise<void> => Promise.resolve();

/** How long a fault lasts, where that is what it is. */
export function lasts(milliseconds: number): Promise<unknown> {
  const end = performance.now() + milliseconds;
  return poll('the fault to last', 2 * milliseconds, () => Promise.resolve(performance.now() > end));
}

/** A figure of Prometheus above a limit, in the answer that has all these labels. */
export function above(limit: number, ...labels: readonly string[]): (output: string) => boolean {
  return (output) =>
    [...output.matchAll(/\{"metric":\{([^}]*)\},"value":\[[\d.]+,"([^"]+)"\]\}/g)].some(
      ([, metric = '', value]) => labels.every((label) => metric.includes(label)) && Number(value) > limit,
    );
}

/** Makes a Flow of video. @returns its id */
export async function makeFlow(world: RunbookWorld, fields: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const flow = { ...videoFlow(), ...fields };
  const { status, body } = await world.send('PUT', `/flows/${flow.id}`, flow);
  if (status !== 201) throw new Error(`The Flow was refused: ${JSON.stringify(body)}`);
  return flow.id;
}

/** Uploads an object and registers it. @param startSeconds on the timeline @returns its id */
export async function register(world: RunbookWorld, flow: string, startSeconds: number): Promise<string> {
  interface Allocation {
    readonly media_objects: readonly [{ readonly object_id: string; readonly put_url: { readonly url: string } }];
  }
  const { body } = await world.send<Allocation>('POST', `/flows/${flow}/storage`, { limit: 1 });
  const [{ object_id, put_url }] = body.media_objects;
  await fetch(put_url.url, {
    method: 'PUT',
    headers: { 'content-type': 'video/mp2t' },
    body: Buffer.alloc(1_000),
  });
  const timerange = `[${startSeconds}:0_${startSeconds + 1}:0)`;
  const { status, body: refusal } = await world.send('POST', `/flows/${flow}/segments`, { object_id, timerange });
  if (status !== 201) throw new Error(`The segment was refused: ${JSON.stringify(refusal)}`);
  return object_id;
}

/** Holds a table so that nobody reads it, while requests for Flows pile up. */
export async function lockFlows(world: RunbookWorld, requests: number): Promise<() => Promise<unknown>> {
  const holder = new Client({ connectionString: world.postgres.url, application_name: 'a report' });
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE flows IN ACCESS EXCLUSIVE MODE');
  const waiting = Array.from({ length: requests }, () => world.send('GET', '/flows').catch(() => undefined));
  return async () => {
    await holder.end();
    await Promise.all(waiting);
    await world.ready();
  };
}

/** Cuts the server off from PostgreSQL, and asks it for something. */
export async function cutDatabase(world: RunbookWorld): Promise<() => Promise<unknown>> {
  world.link.cut();
  for (let time = 0; time < 5; time += 1) await world.send('GET', '/flows');
  return () => {
    world.link.mend();
    return world.ready();
  };
}

/** Puts jobs into a queue as the server would. */
export function enqueue(world: RunbookWorld, queue: string, jobs: number, waitsFor: string): Promise<unknown> {
  return world.postgres.query(
    `INSERT INTO jobs.job (id, name, data, created_on, start_after, singleton_key, policy)
     SELECT gen_random_uuid(), $1, '{"trace": {}, "data": {"id": 4711}}', now() - interval '1 hour', now() + $3::interval,
            gen_random_uuid()::text, 'stately' FROM generate_series(1, $2)`,
    [queue, jobs, waitsFor],
  );
}
