import type { OpenPath, Right } from '../configuration/security.schema';

/**
 * What a request needs (AppNote 0016):
 * - rights, any one of which will do; an administrator may do everything, so that `admin` is not written, and `[]` means
 *   administrators alone;
 * - `open`: nothing, and credentials are not even looked at;
 * - `optional`: nothing, but whoever gives credentials is known (and refused when they are wrong);
 * - `self-checked`: the handler decides (media with signed URLs), or a token in the address;
 * - `health`, `metrics`, `docs`: what `AUTH_OPEN_PATHS` says.
 */
export type Access = readonly Right[] | 'open' | 'optional' | 'self-checked' | OpenPath;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a request to this route needs; a route that does not say it is for administrators alone. */
    access?: Access;
  }
}
