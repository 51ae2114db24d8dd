import type { FastifyRequest } from 'fastify';
import { clientAddressOf } from './client-address';

const socket = { remoteAddress: '10.0.0.1' } as FastifyRequest['socket'];

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8::7', '2001:db8::7'],
  ['192.0.2.7:5060', '192.0.2.7'],
  ['[2001:db8::7]:5060', '2001:db8::7'],
  ['999.0.2.7:5060', '10.0.0.1'],
  ['unknown', '10.0.0.1'],
  ['x","status":200,"principal":"admin', '10.0.0.1'],
  ['', '10.0.0.1'],
])('reads %j as %s', (ip, address) => {
  expect(clientAddressOf({ ip, socket })).toBe(address);
});

it('is empty for a client that has left', () => {
  expect(clientAddressOf({ ip: '"', socket: {} as FastifyRequest['socket'] })).toBe('');
});
