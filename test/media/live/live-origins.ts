import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { endlessSegment, SEGMENT_SECONDS } from './endless-media';

/** Somebody who sends a live stream. */
export interface LiveOrigin {
  /** What `ingest` is given. */
  readonly address: string;
  readonly option: '--follow' | '--live';
  /** When each segment's last byte was there to be read, in milliseconds of `performance.now()`. */
  readonly finished: number[];
  /** Sends segments at their pace. @returns when the last one is out */
  send(count: number, speed: number): Promise<void>;
  stop(): void;
}

/**
 * A playlist that grows.
 * @param listed segments it has at most, as origins of endless streams do: those before are taken out, and are gone when as many
 * more have come (RFC 8216, 6.2.2). Absent: it keeps what it has, so that a machine that is slow for its speed loses nothing
 */
export async function playlistOrigin(listed = Infinity): Promise<LiveOrigin> {
  const finished: number[] = [];
  let [target, ended] = [SEGMENT_SECONDS, false];
  const server = createHttpServer((request, response) => {
    const index = /^\/(\d+)\.ts$/.exec(request.url ?? '')?.[1];
    const first = Math.max(0, finished.length - listed);
    if (index !== undefined) {
      if (Number(index) < first - listed) response.writeHead(404).end();
      else response.end(endlessSegment(Number(index)));
      return;
    }
    const lines = ['#EXTM3U', `#EXT-X-TARGETDURATION:${target}`, `#EXT-X-MEDIA-SEQUENCE:${first}`];
    for (let at = first; at < finished.length; at += 1) lines.push(`#EXTINF:${SEGMENT_SECONDS},`, `${at}.ts`);
    if (ended) lines.push('#EXT-X-ENDLIST');
    response.end(lines.join('\n'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/live.m3u8`,
    option: '--follow',
    finished,
    send: async (count, speed) => {
      target = SEGMENT_SECONDS / speed;
      const began = performance.now();
      for (let index = 0; index < count; index += 1) {
        await until(began + ((index + 1) * SEGMENT_SECONDS * 1000) / speed);
        finished.push(performance.now());
      }
      ended = true;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Pieces of a segment that are sent evenly over its time. */
const PIECES = 20;

/** A server of MPEG-TS over TCP; what a reader does not take waits. */
export async function tcpOrigin(): Promise<LiveOrigin> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const finished: number[] = [];
  return {
    address: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    option: '--live',
    finished,
    send: async (count, speed) => {
      while (sockets.length === 0) await once(server, 'connection');
      const [socket] = sockets;
      await inPieces(count, speed, finished, async (bytes) => {
        if (socket && !socket.write(bytes)) await once(socket, 'drain');
      });
      await new Promise<void>((resolve) => socket?.end(resolve));
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const MULTICAST = '239.255.12.34';
/** Seven packets of MPEG-TS, as everybody sends them. */
const DATAGRAM = 7 * 188;

/** A sender of datagrams to a group on this machine. */
export async function multicastOrigin(port: number): Promise<LiveOrigin> {
  const socket = createSocket('udp4');
  socket.bind(0);
  await once(socket, 'listening');
  socket.setMulticastLoopback(true);
  const finished: number[] = [];
  return {
    address: `udp://@${MULTICAST}:${port}`,
    option: '--live',
    finished,
    send: (count, speed) =>
      inPieces(count, speed, finished, async (bytes) => {
        for (let at = 0; at < bytes.length; at += DATAGRAM) {
          const datagram = bytes.subarray(at, at + DATAGRAM);
          await new Promise<void>((resolve, reject) => {
            socket.send(datagram, port, MULTICAST, (error) => {
              if (error) reject(error);
              else resolve();
            });
          });
        }
      }),
    stop: () => {
      socket.close();
    },
  };
}

async function inPieces(
  count: number,
  speed: number,
  finished: number[],
  write: (bytes: Buffer) => Promise<void>,
): Promise<void> {
  const began = performance.now();
  for (let index = 0; index < count; index += 1) {
    const bytes = endlessSegment(index);
    const size = Math.ceil(bytes.length / 188 / PIECES) * 188;
    for (let piece = 0; piece < PIECES; piece += 1) {
      await until(began + ((index + (piece + 1) / PIECES) * SEGMENT_SECONDS * 1000) / speed);
      await write(bytes.subarray(piece * size, (piece + 1) * size));
    }
    finished.push(performance.now());
  }
}

async function until(time: number): Promise<void> {
  const wait = time - performance.now();
  if (wait > 0) await delay(wait);
}
