import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { accessTokenVocabulary, scopeOf } from '@tams/auth';
import { flowVocabulary } from '@tams/flows';
import { insightVocabulary } from '@tams/insight';
import { queryVocabulary } from '@tams/model';
import { objectVocabulary } from '@tams/objects';
import {
  baseUrlOf,
  Configuration,
  openApiDocument,
  type ParameterVocabulary,
  rights,
  type SecurityConfiguration,
} from '@tams/platform';
import { playbackVocabulary } from '@tams/playback';
import { profileVocabulary } from '@tams/profiles';
import { deletionVocabulary } from '@tams/segments';
import { sourceVocabulary } from '@tams/sources';
import { webhookVocabulary } from '@tams/webhooks';
import type { FastifyRequest } from 'fastify';
import { documentForPeople } from './document-for-people';
import { servePagesWell } from './document-pages';

const vocabulary: ParameterVocabulary = {
  ...queryVocabulary,
  ...sourceVocabulary,
  ...flowVocabulary,
  ...profileVocabulary,
  ...objectVocabulary,
  ...deletionVocabulary,
  ...playbackVocabulary,
  ...webhookVocabulary,
  ...accessTokenVocabulary,
  ...insightVocabulary,
};

const API_VERSION = '8.2';
const SPECIFICATION = 'https://github.com/bbc/tams';

const overview = `A store for media on a timeline. **Sources** are pieces of content, **Flows** are their renditions, and a Flow's
**Segments** place Media Objects on a nanosecond timeline. Media itself is written to and read from object storage, through URLs
this API hands out.

**Start here**
- [What this server is](/service) and [where it stores media](/service/storage-backends)
- [All Flows](/flows) and [all Sources](/sources)
- [This document](/openapi.json), to generate a client from

**Put media in**: create a Flow (\`PUT /flows/{flowId}\`), ask for upload URLs (\`POST /flows/{flowId}/storage\`), upload, then register
what you uploaded (\`POST /flows/{flowId}/segments\`).
**Get media out**: \`GET /flows/{flowId}/segments?timerange=[0:0_10:0)\` lists what covers those ten seconds, with URLs to download.

Listings come in pages: follow the \`Link\` header. Errors are problem details (RFC 9457), and their \`correlation_id\` finds them in
the server's log. The API is the BBC's [Time-addressable Media Store API ${API_VERSION}](${SPECIFICATION}).`;

const tags: readonly (readonly [name: string, description: string])[] = [
  ['Service', 'What this server is, and which storage it offers.'],
  ['Sources', 'Pieces of content, independent of how they are encoded. They appear with their first Flow.'],
  ['Flows', 'Renditions of a Source: one codec, one container, one timeline.'],
  ['Profiles', 'Technical metadata kept once and shared by many Flows. Never changed after creation.'],
  ['FlowSegments', 'Stretches of a Flow and the Media Objects that hold them.'],
  ['Objects', 'Media Objects: where their bytes are, and which Flows use them.'],
  ['MediaStorage', 'Places to upload new Media Objects to.'],
  ['Playback', 'HLS previews of Flows and Sources, for players. Not part of the specification.'],
  ['FlowDeleteRequests', 'Deletions that are still going on.'],
  ['AccessTokens', 'Tokens for URLs, issued and revoked by administrators. Not part of the specification.'],
  ['Audit', 'Who changed what, for administrators. Not part of the specification.'],
  ['Webhooks', 'Notifications sent to your own HTTP server.'],
  ['Console', 'What a page for people needs in one call. Not part of the specification.'],
  ['Events', 'Events as they happen, for clients that stay connected. Not part of the specification.'],
  ['Insight', 'What the last hour was like, for operators. Not part of the specification.'],
  ['Health', 'Whether the server is well, for operators and orchestrators.'],
];

/** No bar of Swagger's own; on a narrow screen each parameter has its input below its name, not in a column beside it. */
const styles = `.swagger-ui .topbar { display: none }
@media (max-width: 700px) {
  .swagger-ui table.parameters tr, .swagger-ui table.parameters td { display: block; width: auto; padding-left: 0 }
  .swagger-ui table.parameters thead { display: none }
  .swagger-ui table.parameters tbody tr td { max-width: none }
  .swagger-ui .responses-table .response-col_links, .swagger-ui .responses-table .col_header.response-col_links { display: none }
}`;

/** Serves the OpenAPI document at `/openapi.json`, and Swagger UI at `/docs`. */
export function serveApiDocument(app: NestFastifyApplication): Promise<void> {
  servePagesWell(app.getHttpAdapter().getInstance());
  SwaggerModule.setup('docs', app, () => apiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Time-addressable Media Store',
    customCss: styles,
    patchDocumentOnRequest: (request, _response, document) => {
      const { url } = request as FastifyRequest;
      const base = baseUrlOf(request as FastifyRequest);
      // Under a path of its own behind a proxy, `/service` would lead past this server.
      const info = { ...document.info, description: document.info.description?.replaceAll('](/', `](${base}/`) ?? '' };
      const complete = { ...document, info, servers: [{ url: base, description: 'This server' }] };
      return url.startsWith('/docs') ? documentForPeople(complete) : complete;
    },
    swaggerOptions: {
      persistAuthorization: true,
      tryItOutEnabled: true,
      displayRequestDuration: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
      filter: true,
      plugins: [operationFilter],
      ...logIn(app.get(Configuration).security),
    },
  });
  return Promise.resolve();
}

/**
 * Swagger UI's own filter looks at tags alone, and in their exact spelling: `segments` would find nothing. This one looks at paths,
 * summaries and identifiers too. Its source is sent to the page, so it may use nothing outside itself.
 */
function operationFilter(): object {
  interface List {
    filter(accept: (item: List) => boolean): List;
    update(key: string, change: (operations: List) => List): List;
    get(key: string): List;
    getIn(path: string[]): unknown;
    readonly size: number;
  }
  return {
    fn: {
      opsFilter: (tags: List & { map(change: (tag: List, name: string) => List): List }, phrase: string) => {
        const wanted = phrase.toLowerCase();
        const has = (text: unknown): boolean => String(text).toLowerCase().includes(wanted);
        const found = (operation: List): boolean =>
          has(operation.get('path')) ||
          has(operation.getIn(['operation', 'summary'])) ||
          has(operation.getIn(['operation', 'operationId']));
        return tags
          .map((tag, name) => (has(name) ? tag : tag.update('operations', (operations) => operations.filter(found))))
          .filter((tag) => tag.get('operations').size > 0);
      },
    },
  };
}

/** How Swagger UI logs people in at an OpenID Connect issuer: authorization code with PKCE, as a public client. */
function logIn({ oidc }: SecurityConfiguration): Record<string, unknown> {
  if (oidc.clientId === undefined) return {};
  return {
    initOAuth: {
      clientId: oidc.clientId,
      scopes: ['openid', ...rights.map(scopeOf)].join(' '),
      usePkceWithAuthorizationCodeGrant: true,
    },
    // Options reach the page as text, functions as their source: so this one is worked out there, whatever the address.
    oauth2RedirectUrl: Object.assign(() => undefined, {
      toString: () => "location.origin + location.pathname.replace(/\\/+$/, '') + '/oauth2-redirect.html'",
    }),
  };
}

/** The document: what is said once here, the rest from the controllers. Tags without an operation are left out. */
export function apiDocument(app: NestFastifyApplication): OpenAPIObject {
  const document = openApiDocument(app, description(app.get(Configuration).security), vocabulary);
  const used = new Set(
    Object.values(document.paths).flatMap((item) =>
      [item.get, item.post, item.put, item.delete].flatMap((operation) => operation?.tags ?? []),
    ),
  );
  return { ...document, tags: (document.tags ?? []).filter((tag) => used.has(tag.name)) };
}

function description({ modes, oidc }: SecurityConfiguration): Omit<OpenAPIObject, 'paths'> {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Time-addressable Media Store')
    .setDescription(overview)
    .setVersion(API_VERSION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .setExternalDoc('The TAMS specification, its background and application notes', SPECIFICATION)
    .addServer('/', 'This server')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A token of your identity provider.' },
      'bearer_token_auth',
    )
    .addApiKey(
      {
        type: 'apiKey',
        in: 'query',
        name: 'access_token',
        description: 'A token in the URL, for clients that cannot send headers.',
      },
      'url_token_auth',
    )
    .addBasicAuth(
      { type: 'http', scheme: 'basic', description: 'A user name and password, where tokens are out of reach.' },
      'basic_auth',
    )
    .addSecurityRequirements('bearer_token_auth')
    .addSecurityRequirements('url_token_auth')
    .addSecurityRequirements('basic_auth');
  const issuer = oidc.issuers[0];
  if (modes.includes('bearer') && issuer !== undefined) {
    const openIdConnectUrl = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    builder
      .addSecurity('openid_connect', {
        type: 'openIdConnect',
        openIdConnectUrl,
        description: 'Log in at the identity provider.',
      })
      .addSecurityRequirements('openid_connect');
  }
  for (const [name, text] of tags) builder.addTag(name, text);
  return builder.build();
}
