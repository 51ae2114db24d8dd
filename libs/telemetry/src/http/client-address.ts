import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** An address with a port, as some gateways write it: `192.0.2.7:5060`, `[2001:db8::7]:5060`. */
const WITH_PORT = /^(?:(\d{1,3}(?:\.\d{1,3}){3})|\[([\da-f:.]+)\]):\d{1,5}$/i;

/**
 * Address of the client, as far as proxies are trusted. Nobody checks what a header says: what is no address there is left
 * out, and the address is that of whoever connected.
 */
export function clientAddressOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  if (isIP(ip)) return ip;
  const [, v4, v6] = WITH_PORT.exec(ip) ?? [];
  const bare = v4 ?? v6 ?? '';
  return isIP(bare) ? bare : (socket.remoteAddress ?? '');
}
