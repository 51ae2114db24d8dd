import { Readable } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Texts below this many bytes are sent as they are: compressing them gains nothing. */
const SMALLEST_COMPRESSED_BYTES = 1024;

/** How many texts are kept compressed: the API document, its page and what that loads are the same for everybody. */
const KEPT_COMPRESSED = 16;
const compressedTexts = new Map<string, Buffer>();

/** A text compressed, which for the API document takes longer than all else of its answer: once, and then kept. */
function gzipped(text: string): Buffer {
  const kept = compressedTexts.get(text);
  if (kept) return kept;
  const made = gzipSync(text);
  const [oldest] = compressedTexts.keys();
  if (oldest !== undefined && compressedTexts.size >= KEPT_COMPRESSED) compressedTexts.delete(oldest);
  compressedTexts.set(text, made);
  return made;
}

/** A film strip, for the tab of whoever opens an address of this server in a browser. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#1b3a57"/>' +
  '<path d="M3 4h10v8H3z" fill="#fff"/><path d="M6.5 6v4l3.5-2z" fill="#1b3a57"/></svg>';

/** Addresses of the document and its page. */
const DOCUMENT = /^\/(?:docs(?:\/|$)|openapi\.json)/;

/** What a phone needs to know so that it does not show the page as wide as a desk. */
const VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">';

/**
 * What the pages of the API document need beyond what Nest serves: a viewport for phones, compression (Swagger UI alone is
 * 1.5 MB), and `/favicon.ico`; who may see them, `AUTH_OPEN_PATHS` says. Call it before the routes of the document exist.
 */
export function servePagesWell(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (!DOCUMENT.test(request.routeOptions.url ?? '')) done(null, payload);
    else done(null, compressed(request, reply, forPhones(reply, payload)));
  });
  fastify.addHook('onRoute', (route) => {
    if (DOCUMENT.test(route.url)) route.config = { ...route.config, access: 'docs' };
  });
  fastify.get('/favicon.ico', { config: { access: 'docs' } }, (_request, reply) =>
    reply.header('Cache-Control', 'public, max-age=86400').type('image/svg+xml').send(Buffer.from(ICON)),
  );
}

function forPhones(reply: FastifyReply, payload: unknown): unknown {
  const type = String(reply.getHeader('content-type') ?? '');
  if (!type.startsWith('text/html') || typeof payload !== 'string') return payload;
  void reply.removeHeader('content-length');
  return payload.replace('<head>', `<head>\n  ${VIEWPORT}`);
}

function compressed(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  const type = String(reply.getHeader('content-type') ?? '');
  if (!/javascript|json|css|html/.test(type) || reply.statusCode !== 200) return payload;
  void reply.header('Vary', 'Accept-Encoding');
  if (request.method !== 'GET' || !/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return payload;
  if (payload instanceof Readable) return encoded(reply, payload.pipe(createGzip()));
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload;
  if (Buffer.byteLength(payload) < SMALLEST_COMPRESSED_BYTES) return payload;
  return encoded(reply, typeof payload === 'string' ? gzipped(payload) : gzipSync(payload));
}

function encoded<Payload>(reply: FastifyReply, payload: Payload): Payload {
  void reply.removeHeader('content-length').removeHeader('accept-ranges').header('Content-Encoding', 'gzip');
  return payload;
}
