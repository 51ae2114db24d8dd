import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { fillDirectly } from '../../http/deletion-fixtures';
import { InstanceFixtures } from '../../http/instance-fixtures';
import type { TamsClient } from '../../contract/tams-client';
import { videoFlow } from '../../support/flow-fixtures';

/** Ids of things that exist, by the name of the path parameter that takes them. */
export type KnownIds = Readonly<Record<string, string>>;

/** A server that has at least three of everything a client can list. Nothing of it leaves this machine: no jobs, no webhooks. */
export class PopulatedStore {
  private readonly database: Pool;

  private constructor(private readonly fixtures: InstanceFixtures) {
    this.database = new Pool({ connectionString: fixtures.databaseUrl, max: 2 });
  }

  static async start(): Promise<PopulatedStore> {
    // Any page may call, so that what is drawn for `Origin` is not all that is looked at.
    const environment = { JOB_WORKERS: 'false', WEBHOOK_CONCURRENCY: '0', CORS_ALLOWED_ORIGINS: '*' };
    return new PopulatedStore(await InstanceFixtures.start(environment));
  }

  get client(): TamsClient {
    return this.fixtures.client;
  }

  get url(): string {
    return this.fixtures.url;
  }

  async stop(): Promise<void> {
    await this.database.end();
    await this.fixtures.stop();
  }

  /** Adds three of everything. @returns the ids of one each */
  async populate(): Promise<KnownIds> {
    const { client } = this;
    const [flow, second, third] = [
      videoFlow({ label: 'a' }),
      videoFlow({ label: 'a' }),
      videoFlow({ tags: { a: ['b', 'c'] } }),
    ];
    const object = randomUUID();
    const urls = [{ label: 'origin', url: 'http://127.0.0.1:9/media.ts' }];
    for (const [index, one] of [flow, second, third].entries()) {
      await created(client.put(`/flows/${one.id}`, one));
      const posts = [0, 1, 2].map((at) => ({
        ...{ object_id: at === 0 ? object : randomUUID(), timerange: `[${at + index}:0_${at + index + 1}:0)` },
        ...{ ts_offset: `${at + index}:0`, get_urls: urls },
      }));
      await created(client.post(`/flows/${one.id}/segments`, posts));
    }
    const webhook = { url: 'http://127.0.0.1:9/', events: ['flows/created'] };
    const made = await Promise.all(
      [1, 2, 3].map(() => created(client.post<{ id: string }>('/service/webhooks', webhook))),
    );
    const { format, codec, container, essence_parameters } = flow;
    const profiles = [1, 2, 3].map(() => randomUUID());
    const profile = { label: 'p', flow_metadata: { format, codec, container, essence_parameters } };
    for (const id of profiles) await created(client.post(`/service/profiles/${id}`, { id, ...profile }));
    return {
      flowId: flow.id,
      sourceId: flow.source_id,
      objectId: object,
      webhookId: made[0]!.body.id,
      profileId: profiles[0]!,
      'request-id': await this.deletion(),
      name: 'a',
    };
  }

  /** A deletion that waits for a worker, and there is none. */
  private async deletion(): Promise<string> {
    const flow = videoFlow();
    await created(this.client.put(`/flows/${flow.id}`, flow));
    await fillDirectly(this.database, flow.id, 1001);
    const answer = await this.client.delete<{ id: string }>(`/flows/${flow.id}`);
    if (answer.status !== 202) throw new Error(`The deletion was answered by ${answer.status}.`);
    return answer.body.id;
  }
}

async function created<Answer extends { readonly status: number; readonly body: unknown }>(
  sent: Promise<Answer>,
): Promise<Answer> {
  const answer = await sent;
  if (answer.status !== 201) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

/** How long any answer may take, in milliseconds: far above what is usual, far below a hang. */
const PATIENCE_MS = 15_000;

/** Waits for an answer. @throws Error when none comes in time */
export async function inTime<Value>(answer: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error(`no answer within ${PATIENCE_MS} ms`));
  }, PATIENCE_MS);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
