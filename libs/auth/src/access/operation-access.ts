import type { Right } from '@tams/platform';

/**
 * What a request needs:
 * - rights, any one of which will do;
 * - `open`: nothing, and credentials are not even looked at;
 * - `optional`: nothing, but whoever gives credentials is known (and refused when they are wrong);
 * - `self-checked`: the handler decides, through {@link AccessControl.admit} (media with signed URLs) or by a token in the address.
 */
export type Access = readonly Right[] | 'open' | 'optional' | 'self-checked';

const everyone = ['read', 'write', 'delete'] as const;
const read = ['read'] as const;
const write = ['write'] as const;
const remove = ['delete'] as const;
const adminOnly = [] as const;

/** A property with an address of its own: read by readers, set and unset by writers. */
const property = { GET: read, PUT: write, DELETE: write } as const;

/**
 * The table of AppNote 0016, in its order; HEAD is as GET. An administrator may do everything, so that `admin` is not
 * written. What is not in the table, administrators alone may do.
 */
const tamsOperations: Readonly<Record<string, Readonly<Partial<Record<string, Access>>>>> = {
  '/': { GET: everyone },
  '/service': { GET: everyone, POST: adminOnly },
  '/service/storage-backends': { GET: everyone },
  // Profiles came after the table; they follow its basic rule.
  '/service/profiles': { GET: read },
  '/service/profiles/{profileId}': { GET: read, POST: write },
  '/service/webhooks': { GET: read, POST: write },
  '/service/webhooks/{webhookId}': { GET: read, PUT: read, DELETE: read },
  '/sources': { GET: read },
  '/sources/{sourceId}': { GET: read },
  '/sources/{sourceId}/tags': { GET: read },
  '/sources/{sourceId}/tags/{name}': property,
  '/sources/{sourceId}/description': property,
  '/sources/{sourceId}/label': property,
  '/flows': { GET: read },
  '/flows/{flowId}': { GET: read, PUT: write, DELETE: remove },
  '/flows/{flowId}/tags': { GET: read },
  '/flows/{flowId}/tags/{name}': property,
  '/flows/{flowId}/description': property,
  '/flows/{flowId}/label': property,
  '/flows/{flowId}/read_only': { GET: read, PUT: write },
  '/flows/{flowId}/flow_collection': property,
  '/flows/{flowId}/max_bit_rate': property,
  '/flows/{flowId}/avg_bit_rate': property,
  '/flows/{flowId}/segments': { GET: read, POST: write, DELETE: remove },
  '/flows/{flowId}/storage': { POST: write },
  '/objects/{objectId}': { GET: read },
  '/objects/{objectId}/instances': { POST: write, DELETE: write },
  '/flow-delete-requests': { GET: adminOnly },
  '/flow-delete-requests/{request-id}': { GET: remove },
};

/** What this server has beyond the specification. */
const ownOperations: typeof tamsOperations = {
  '/service/access-tokens': { GET: adminOnly, POST: adminOnly },
  '/service/access-tokens/{tokenId}': { GET: adminOnly, DELETE: adminOnly },
  // Looking at deliveries is reading the webhook; repairing them is changing it, which the table lets readers do.
  '/service/webhooks/{webhookId}/deliveries': { GET: read },
  '/service/webhooks/{webhookId}/deliveries/{deliveryId}': { GET: read, DELETE: read },
  '/service/webhooks/{webhookId}/deliveries/{deliveryId}/replay': { POST: read },
  '/service/webhooks/{webhookId}/replay': { POST: read },
  '/service/webhooks/{webhookId}/test': { POST: read },
  // Playing is reading.
  '/flows/{flowId}/output.m3u8': { GET: read },
  '/flows/{flowId}/output/{entry}': { GET: read },
  '/sources/{sourceId}/output.m3u8': { GET: read },
  '/service/events': { GET: read },
  // One call for what a page would otherwise read piece by piece: reading.
  '/console/api/flows': { GET: read },
  '/console/api/flows/{flowId}': { GET: read },
  '/console/api/flows/{flowId}/coverage': { GET: read },
  '/console/api/flows/{flowId}/deletion-preview': { GET: read },
  '/console/api/sources': { GET: read },
  '/console/api/objects/{objectId}': { GET: read },
  '/console/api/storage': { GET: read },
  '/console/api/retention': { GET: read },
  '/console/api/webhooks': { GET: read },
  // Also tells how to say who one is.
  '/console/api/me': { GET: 'optional' },
  '/service/playback-tokens': { POST: read, DELETE: read },
  // The token in the address says who plays.
  '/playback/{token}/output.m3u8': { GET: 'self-checked' },
  '/playback/{token}/output/{entry}': { GET: 'self-checked' },
  '/media/{storageId}/{mediaObjectId}': { GET: 'self-checked', PUT: 'self-checked', OPTIONS: 'open' },
  // The page people sign in on: it holds nothing of the store.
  '/console': { GET: 'open' },
  '/console/*': { GET: 'open' },
  '/console/assets/*': { GET: 'open' },
  '/livez': { GET: 'open' },
  '/readyz': { GET: 'open' },
};

/** What `AUTH_OPEN_PATHS` opens; closed, they need a right. */
const switchable = {
  health: { paths: ['/health'], open: 'optional', closed: everyone },
  metrics: { paths: ['/metrics'], open: 'open', closed: read },
  docs: { paths: ['/docs', '/openapi.json', '/favicon.ico'], open: 'open', closed: everyone },
} as const satisfies Record<string, { paths: readonly string[]; open: Access; closed: Access }>;

/** Which request needs what: the one place that knows, for every operation of the server. */
export class OperationAccess {
  private readonly table = new Map<string, Access>();
  private readonly docs: Access;

  /** @param openPaths what answers without credentials */
  constructor(openPaths: readonly (keyof typeof switchable)[]) {
    for (const operations of [tamsOperations, ownOperations])
      for (const [path, methods] of Object.entries(operations))
        for (const [method, access] of Object.entries(methods)) if (access) this.add(method, path, access);
    for (const name of Object.keys(switchable) as (keyof typeof switchable)[])
      for (const path of switchable[name].paths) this.add('GET', path, this.switched(name, openPaths));
    this.docs = this.switched('docs', openPaths);
  }

  /**
   * What an operation needs; `undefined` when the table does not list it.
   * @param template path with parameters as Fastify (`:flowId`) or the specification (`{flowId}`) writes them
   */
  of(method: string, template: string): Access | undefined {
    return this.table.get(keyOf(method, template)) ?? (isDocs(method, template) ? this.docs : undefined);
  }

  private switched(name: keyof typeof switchable, openPaths: readonly string[]): Access {
    return openPaths.includes(name) ? switchable[name].open : switchable[name].closed;
  }

  private add(method: string, path: string, access: Access): void {
    this.table.set(keyOf(method, path), access);
    if (method === 'GET') this.table.set(keyOf('HEAD', path), access);
  }
}

/** Names of parameters do not matter: `/flows/:id` and `/flows/{flowId}` are one template. */
function keyOf(method: string, template: string): string {
  return `${method} ${template.replace(/:[^/]+|\{[^/{}]+\}/g, '{}')}`;
}

/** Files of Swagger UI, which bring no data of the store. */
function isDocs(method: string, template: string): boolean {
  return (method === 'GET' || method === 'HEAD') && template.startsWith('/docs/');
}
