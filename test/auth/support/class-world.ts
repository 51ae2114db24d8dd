import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { videoFlow } from '../../support/flow-fixtures';
import { type Answer, AuthServer } from './auth-server';

/**
 * What callers of these tests may do with content of the class `sport`. All of them but the administrator hold the scopes
 * read, write and delete, so that only classes tell them apart.
 */
export const classCallers = ['none', 'read', 'write', 'delete', 'class-admin', 'administrator'] as const;
export type ClassCaller = (typeof classCallers)[number];

/** One grant for each caller; `none` belongs to another class, as anybody real does. */
export const CLASS_MAP =
  'group-read:sport=read,group-write:sport=write,group-delete:sport=delete,group-class-admin:sport=admin,group-none:news=admin,group-both:sport=read,group-both:news=admin';

/** Ids of one set of resources, every one of the class `sport` alone. */
export interface ClassWorld {
  readonly sourceId: string;
  readonly flowId: string;
  /** Collected by the Flow. */
  readonly memberId: string;
  readonly objectId: string;
  readonly webhookId: string;
  readonly 'request-id': string;
  readonly profileId: string;
  readonly storageId: string;
}

/** A server with authorisation by classes, and callers that differ by class only. */
export class ClassServer {
  private readonly tokens = new Map<string, string>();

  private constructor(
    readonly auth: AuthServer,
    readonly database: Client,
    readonly storageId: string,
  ) {}

  /** @param environment variables on top of the tests' own */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<ClassServer> {
    const auth = await AuthServer.start({ AUTH_CLASSES: 'on', AUTH_CLASSES_MAP: CLASS_MAP, ...environment });
    const database = new Client({ connectionString: auth.tams.databaseUrl });
    await database.connect();
    const backends = (await auth.as('admin', 'GET', '/service/storage-backends')).body as unknown as { id: string }[];
    return new ClassServer(auth, database, backends[0]!.id);
  }

  async stop(): Promise<void> {
    await this.database.end();
    await this.auth.stop();
  }

  /** Sends a request of a caller, or of somebody in a group of that name. */
  async as(caller: string, method: string, path: string, body?: unknown): Promise<Answer> {
    const authorization = `Bearer ${await this.token(caller)}`;
    return this.auth.send(method, path, { headers: { authorization }, body });
  }

  /** The same for the administrator, who must succeed. */
  async make(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.as('administrator', method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
  }

  /** Makes a Flow, and its Source, of some classes. @returns it as it was sent */
  async flow(
    classes: readonly string[],
    changes: Readonly<Record<string, unknown>> = {},
  ): Promise<ReturnType<typeof videoFlow>> {
    const flow = videoFlow({ label: 'a label', tags: { auth_classes: classes }, ...changes });
    await this.make('PUT', `/flows/${flow.id}`, flow);
    return flow;
  }

  /** Allocates an object for a Flow and registers it at a second of its timeline. @returns its id */
  async object(flowId: string, second = 0): Promise<string> {
    const { body } = await this.make('POST', `/flows/${flowId}/storage`, { limit: 1 });
    const objectId = (body['media_objects'] as { object_id: string }[])[0]!.object_id;
    await this.register(flowId, objectId, second);
    return objectId;
  }

  register(flowId: string, objectId: string, second = 0): Promise<Answer> {
    const segment = { object_id: objectId, timerange: `[${second}:0_${second + 1}:0)`, ts_offset: `${second}:0` };
    return this.make('POST', `/flows/${flowId}/segments`, segment);
  }

  /** One of everything, of these classes. */
  async world(classes: readonly string[] = ['sport']): Promise<ClassWorld> {
    const member = await this.flow(classes);
    const flow = await this.flow(classes, {
      description: 'a description',
      max_bit_rate: 5000,
      avg_bit_rate: 4000,
      flow_collection: [{ id: member.id, role: 'video' }],
    });
    await this.make('PUT', `/flows/${flow.id}/tags/genre`, 'drama');
    await this.make('PUT', `/sources/${flow.source_id}/tags/genre`, 'drama');
    const webhook = { url: 'http://127.0.0.1:9/', events: [], status: 'disabled', tags: { auth_classes: classes } };
    const requestId = randomUUID();
    await this.database.query(
      `INSERT INTO flow_delete_requests (id, flow_id, delete_flow, timerange, start_ns, end_ns, position_ns, remaining, expiry, classes)
       VALUES ($1, $2, false, '_', 0, 1, 0, '()', now() + interval '1 hour', $3)`,
      [requestId, flow.id, classes],
    );
    return {
      sourceId: flow.source_id,
      flowId: flow.id,
      memberId: member.id,
      objectId: await this.object(flow.id),
      webhookId: (await this.make('POST', '/service/webhooks', webhook)).body['id'] as string,
      'request-id': requestId,
      profileId: randomUUID(),
      storageId: this.storageId,
    };
  }

  /** A bearer token of a caller. */
  async token(caller: string): Promise<string> {
    let token = this.tokens.get(caller);
    if (token === undefined) {
      const right = ['read', 'write', 'delete'].map((scope) => `tams-api/${scope}`).join(' ');
      const scope = caller === 'administrator' ? 'tams-api/admin' : right;
      token = await this.auth.issuer.token({ claims: { sub: caller, scope, groups: [`group-${caller}`] } });
      this.tokens.set(caller, token);
    }
    return token;
  }
}
