import type { ClassWorld } from './class-world';

/**
 * AppNote 0016, "Auth logic", row by row: what callers get who have the right to none, to read, to write, to delete, to do
 * everything on the one class of the resource, and the administrator. 404 for whom it does not exist, 403 for whom it does
 * but who may not do this. Rows below the line are ours; ADR 0070 says why.
 */
const rows = `
path                               method none read write delete class-admin administrator
/                                  GET    200  200  200   200    200         200
/service                           GET    200  200  200   200    200         200
/service                           POST   403  403  403   403    403         200
/service/storage-backends          GET    200  200  200   200    200         200
/service/webhooks                  GET    200  200  200   200    200         200
/service/webhooks                  POST   403  201  403   403    201         201
/service/webhooks/{webhookId}      GET    404  200  403   403    200         200
/service/webhooks/{webhookId}      PUT    404  403  403   403    201         201
/service/webhooks/{webhookId}      DELETE 404  403  403   204    204         204
/sources                           GET    200  200  200   200    200         200
/sources/{sourceId}                GET    404  200  403   403    200         200
/sources/{sourceId}/tags           GET    404  200  403   403    200         200
/sources/{sourceId}/tags/{name}    GET    404  200  403   403    200         200
/sources/{sourceId}/tags/{name}    PUT    404  403  204   403    204         204
/sources/{sourceId}/tags/{name}    DELETE 404  403  204   403    204         204
/sources/{sourceId}/description    GET    404  200  403   403    200         200
/sources/{sourceId}/description    PUT    404  403  204   403    204         204
/sources/{sourceId}/description    DELETE 404  403  204   403    204         204
/sources/{sourceId}/label          GET    404  200  403   403    200         200
/sources/{sourceId}/label          PUT    404  403  204   403    204         204
/sources/{sourceId}/label          DELETE 404  403  204   403    204         204
/flows                             GET    200  200  200   200    200         200
/flows/{flowId}                    GET    404  200  403   403    200         200
/flows/{flowId}                    PUT    404  403  204   403    204         204
/flows/{flowId}                    DELETE 404  403  403   204    204         204
/flows/{flowId}/tags               GET    404  200  403   403    200         200
/flows/{flowId}/tags/{name}        GET    404  200  403   403    200         200
/flows/{flowId}/tags/{name}        PUT    404  403  204   403    204         204
/flows/{flowId}/tags/{name}        DELETE 404  403  204   403    204         204
/flows/{flowId}/description        GET    404  200  403   403    200         200
/flows/{flowId}/description        PUT    404  403  204   403    204         204
/flows/{flowId}/description        DELETE 404  403  204   403    204         204
/flows/{flowId}/label              GET    404  200  403   403    200         200
/flows/{flowId}/label              PUT    404  403  204   403    204         204
/flows/{flowId}/label              DELETE 404  403  204   403    204         204
/flows/{flowId}/read_only          GET    404  200  403   403    200         200
/flows/{flowId}/read_only          PUT    404  403  204   403    204         204
/flows/{flowId}/flow_collection    GET    404  200  403   403    200         200
/flows/{flowId}/flow_collection    PUT    404  403  204   403    204         204
/flows/{flowId}/flow_collection    DELETE 404  403  204   403    204         204
/flows/{flowId}/max_bit_rate       GET    404  200  403   403    200         200
/flows/{flowId}/max_bit_rate       PUT    404  403  204   403    204         204
/flows/{flowId}/max_bit_rate       DELETE 404  403  204   403    204         204
/flows/{flowId}/avg_bit_rate       GET    404  200  403   403    200         200
/flows/{flowId}/avg_bit_rate       PUT    404  403  204   403    204         204
/flows/{flowId}/avg_bit_rate       DELETE 404  403  204   403    204         204
/flows/{flowId}/segments           GET    200  200  403   403    200         200
/flows/{flowId}/segments           POST   404  403  400   403    201         201
/flows/{flowId}/segments           DELETE 404  403  204   403    204         204
/flows/{flowId}/storage            POST   404  403  201   403    201         201
/objects/{objectId}                GET    404  200  403   403    200         200
/objects/{objectId}/instances      POST   404  403  201   403    201         201
/objects/{objectId}/instances      DELETE 404  403  400   403    400         400
/flow-delete-requests              GET    403  403  403   403    403         200
/flow-delete-requests/{request-id} GET    404  403  403   200    200         200
-
/service/profiles                  GET    200  200  200   200    200         200
/service/profiles/{profileId}      GET    404  404  404   404    404         404
/service/profiles/{profileId}      POST   201  201  201   201    201         201
/insight                           GET    403  403  403   403    403         200
/insight/series                    GET    403  403  403   403    403         200
/insight/routes                    GET    403  403  403   403    403         200
/insight/errors                    GET    403  403  403   403    403         200
/insight/traces                    GET    403  403  403   403    403         200
/insight/correlations/{correlationId}  GET    403  403  403   403    403         200
/insight/now                       GET    403  403  403   403    403         200
/insight/sessions/{pid}/stop       POST   403  403  403   403    403         404
/insight/jobs/{jobId}/stop         POST   403  403  403   403    403         404
/insight/changes                   GET    403  403  403   403    403         200
/insight/log-level                 PUT    403  403  403   403    403         400
/insight/stream                    GET    403  403  403   403    403         200
/insight/diagnosis                 GET    403  403  403   403    403         200
/service/audit                     GET    403  403  403   403    403         200
/service/access-tokens             GET    403  403  403   403    403         200
/service/access-tokens             POST   403  403  403   403    403         400
/service/access-tokens/{tokenId}   GET    403  403  403   403    403         404
/service/access-tokens/{tokenId}   DELETE 403  403  403   403    403         404
/service/webhooks/{webhookId}/deliveries                       GET    404 200 403 403 200 200
/service/webhooks/{webhookId}/deliveries/{deliveryId}          GET    404 404 403 403 404 404
/service/webhooks/{webhookId}/deliveries/{deliveryId}          DELETE 404 403 404 403 404 404
/service/webhooks/{webhookId}/deliveries/{deliveryId}/replay   POST   404 403 404 403 404 404
/service/webhooks/{webhookId}/replay                           POST   404 403 202 403 202 202
/service/webhooks/{webhookId}/test                             POST   404 403 200 403 200 200
/flows/{flowId}/output.m3u8        GET    404  200  403   403    200         200
/flows/{flowId}/output/{entry}     GET    404  302  403   403    302         302
/sources/{sourceId}/output.m3u8    GET    404  200  403   403    200         200
/service/events                              GET    200 200 200 200 200 200
/console/api/flows                           GET    200 200 200 200 200 200
/console/api/flows/{flowId}                  GET    404 200 403 403 200 200
/console/api/flows/{flowId}/coverage         GET    404 200 403 403 200 200
/console/api/flows/{flowId}/deletion-preview GET    404 200 403 403 200 200
/console/api/sources                         GET    200 200 200 200 200 200
/console/api/objects/{objectId}              GET    404 200 403 403 200 200
/console/api/storage                         GET    200 200 200 200 200 200
/console/api/retention                       GET    200 200 200 200 200 200
/console/api/webhooks                        GET    200 200 200 200 200 200
/console/api/me                              GET    200 200 200 200 200 200
/service/playback-tokens           POST   404  201  403   403    201         201
/service/playback-tokens           DELETE 204  204  204   204    204         204
/playback/{token}/output.m3u8      GET    403  403  403   403    403         403
/playback/{token}/output/{entry}   GET    403  403  403   403    403         403
/media/{storageId}/{mediaObjectId} GET    404  404  403   403    404         404
/media/{storageId}/{mediaObjectId} PUT    404  403  403   403    403         403
/livez                             GET    200  200  200   200    200         200
/readyz                            GET    200  200  200   200    200         200
/health                            GET    200  200  200   200    200         200
/metrics                           GET    200  200  200   200    200         200
/openapi.json                      GET    200  200  200   200    200         200`;

/** One operation, and the status each caller gets. */
export interface ClassRule {
  readonly path: string;
  readonly method: string;
  readonly statuses: Readonly<Record<string, number>>;
}

const [header = '', ...lines] = rows.trim().split('\n');
const callers = header.split(/\s+/).slice(2);

/** Every operation; HEAD is as GET. */
export const classRules: readonly ClassRule[] = lines
  .filter((line) => line !== '-')
  .map((line) => {
    const [path = '', method = '', ...statuses] = line.split(/\s+/);
    return {
      path,
      method,
      statuses: Object.fromEntries(callers.map((caller, index) => [caller, Number(statuses[index])])),
    };
  });

/** What is sent with the operations that take a body. */
export function bodyOf({ path, method }: ClassRule, world: ClassWorld): unknown {
  const property = path.split('/').at(-1) ?? '';
  const tags = { auth_classes: ['sport'] };
  const webhook = { url: 'http://127.0.0.1:9/', events: [], status: 'disabled', tags };
  const video = { format: 'urn:x-nmos:format:video', codec: 'video/h264', container: 'video/mp2t' };
  const essence = { essence_parameters: { frame_rate: { numerator: 25 }, frame_width: 16, frame_height: 9 } };
  const bodies: Readonly<Record<string, unknown>> = {
    'POST /service': { name: 'a name' },
    'POST /service/webhooks': { ...webhook, flow_ids: [world.flowId] },
    'PUT /service/webhooks/{webhookId}': { ...webhook, id: world.webhookId, source_ids: [world.sourceId] },
    'PUT /flows/{flowId}': { id: world.flowId, source_id: world.sourceId, ...video, ...essence, tags },
    // The object is known already: registering it again needs the right to read it.
    'POST /flows/{flowId}/segments': { object_id: world.objectId, timerange: '[5:0_6:0)', ts_offset: '5:0' },
    'POST /flows/{flowId}/storage': { limit: 1 },
    'POST /objects/{objectId}/instances': { url: 'https://elsewhere.example/x', label: `label-${crypto.randomUUID()}` },
    'POST /service/profiles/{profileId}': { id: world.profileId, flow_metadata: { ...video, ...essence } },
    'POST /service/access-tokens': {},
    'POST /service/playback-tokens': { flow_id: world.flowId },
  };
  if (method === 'PUT') {
    if (property === 'read_only') return false;
    if (property === 'flow_collection') return [];
    if (property.endsWith('_bit_rate')) return 1000;
    if (['label', 'description', '{name}'].includes(property)) return 'text';
  }
  return bodies[`${method} ${path}`];
}

/** Query of the operations that need one. */
export function queryOf({ path, method }: ClassRule, world: ClassWorld): string {
  if (path === '/objects/{objectId}/instances' && method === 'DELETE') return `?storage_id=${world.storageId}`;
  // One that ends by itself.
  if (path === '/service/events' || path === '/insight/stream') return '?seconds=0';
  return path.endsWith('}/replay') || path.endsWith('webhookId}/replay') ? '?since=2026-01-01T00:00:00Z' : '';
}
