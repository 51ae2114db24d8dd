import type { Caller } from './auth-server';

/**
 * The table of AppNote 0016 as it is printed there, row by row: which scopes allow which method. Written down a second
 * time on purpose: the server's own table is compared with this one.
 */
const rows = `
/                                  GET    admin read write delete
/service                           GET    admin read write delete
/service                           POST   admin
/service/storage-backends          GET    admin read write delete
/service/webhooks                  GET    admin read
/service/webhooks                  POST   admin write
/service/webhooks/{webhookId}      GET    admin read
/service/webhooks/{webhookId}      PUT    admin read
/service/webhooks/{webhookId}      DELETE admin read
/sources                           GET    admin read
/sources/{sourceId}                GET    admin read
/sources/{sourceId}/tags           GET    admin read
/sources/{sourceId}/tags/{name}    GET    admin read
/sources/{sourceId}/tags/{name}    PUT    admin write
/sources/{sourceId}/tags/{name}    DELETE admin write
/sources/{sourceId}/description    GET    admin read
/sources/{sourceId}/description    PUT    admin write
/sources/{sourceId}/description    DELETE admin write
/sources/{sourceId}/label          GET    admin read
/sources/{sourceId}/label          PUT    admin write
/sources/{sourceId}/label          DELETE admin write
/flows                             GET    admin read
/flows/{flowId}                    GET    admin read
/flows/{flowId}                    PUT    admin write
/flows/{flowId}                    DELETE admin delete
/flows/{flowId}/tags               GET    admin read
/flows/{flowId}/tags/{name}        GET    admin read
/flows/{flowId}/tags/{name}        PUT    admin write
/flows/{flowId}/tags/{name}        DELETE admin write
/flows/{flowId}/description        GET    admin read
/flows/{flowId}/description        PUT    admin write
/flows/{flowId}/description        DELETE admin write
/flows/{flowId}/label              GET    admin read
/flows/{flowId}/label              PUT    admin write
/flows/{flowId}/label              DELETE admin write
/flows/{flowId}/read_only          GET    admin read
/flows/{flowId}/read_only          PUT    admin write
/flows/{flowId}/flow_collection    GET    admin read
/flows/{flowId}/flow_collection    PUT    admin write
/flows/{flowId}/flow_collection    DELETE admin write
/flows/{flowId}/max_bit_rate       GET    admin read
/flows/{flowId}/max_bit_rate       PUT    admin write
/flows/{flowId}/max_bit_rate       DELETE admin write
/flows/{flowId}/avg_bit_rate       GET    admin read
/flows/{flowId}/avg_bit_rate       PUT    admin write
/flows/{flowId}/avg_bit_rate       DELETE admin write
/flows/{flowId}/segments           GET    admin read
/flows/{flowId}/segments           POST   admin write
/flows/{flowId}/segments           DELETE admin delete
/flows/{flowId}/storage            POST   admin write
/objects/{objectId}                GET    admin read
/objects/{objectId}/instances      POST   admin write
/objects/{objectId}/instances      DELETE admin write
/flow-delete-requests              GET    admin
/flow-delete-requests/{request-id} GET    admin delete`;

/** What is not in AppNote 0016: Profiles by its basic rule, and what is ours. */
const furtherRows = `
/service/profiles                  GET    admin read
/service/profiles/{profileId}      GET    admin read
/service/profiles/{profileId}      POST   admin write
/service/events                           GET    admin read
/console/api/flows                        GET    admin read
/console/api/flows/{flowId}               GET    admin read
/console/api/flows/{flowId}/coverage      GET    admin read
/console/api/flows/{flowId}/deletion-preview  GET admin read
/console/api/sources                      GET    admin read
/console/api/objects/{objectId}           GET    admin read
/console/api/storage                      GET    admin read
/console/api/retention                    GET    admin read
/console/api/webhooks                     GET    admin read
/insight                           GET    admin
/insight/series                    GET    admin
/insight/routes                    GET    admin
/insight/errors                    GET    admin
/insight/traces                    GET    admin
/insight/correlations/{correlationId}  GET    admin
/insight/now                       GET    admin
/insight/sessions/{pid}/stop       POST   admin
/insight/jobs/{jobId}/stop         POST   admin
/insight/changes                   GET    admin
/insight/log-level                 PUT    admin
/insight/stream                    GET    admin
/insight/diagnosis                 GET    admin
/service/audit                     GET    admin
/service/access-tokens             GET    admin
/service/access-tokens             POST   admin
/service/access-tokens/{tokenId}   GET    admin
/service/access-tokens/{tokenId}   DELETE admin
/service/webhooks/{webhookId}/deliveries                            GET    admin read
/service/webhooks/{webhookId}/deliveries/{deliveryId}               GET    admin read
/service/webhooks/{webhookId}/deliveries/{deliveryId}               DELETE admin read
/service/webhooks/{webhookId}/deliveries/{deliveryId}/replay        POST   admin read
/service/webhooks/{webhookId}/replay                                POST   admin read
/service/webhooks/{webhookId}/test                                  POST   admin read
/flows/{flowId}/output.m3u8        GET    admin read
/flows/{flowId}/output/{entry}     GET    admin read
/sources/{sourceId}/output.m3u8    GET    admin read
/service/playback-tokens           POST   admin read
/service/playback-tokens           DELETE admin read
/media/{storageId}/{mediaObjectId} GET    admin read
/media/{storageId}/{mediaObjectId} PUT    admin write`;

export interface Rule {
  readonly method: string;
  readonly path: string;
  readonly allowed: ReadonlySet<Caller>;
}

/** Every operation and who may use it; HEAD is as GET. */
export const rules: readonly Rule[] = `${rows}${furtherRows}`
  .trim()
  .split('\n')
  .flatMap((row) => {
    const [path = '', method = '', ...allowed] = row.split(/\s+/);
    const rule = { path, allowed: new Set(allowed as Caller[]) };
    return method === 'GET'
      ? [
          { ...rule, method },
          { ...rule, method: 'HEAD' },
        ]
      : [{ ...rule, method }];
  });
