import { createSocket } from 'node:dgram';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { on, once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure, reasonOf } from '@tams/media';
import { whileItComes } from '../while-it-comes';
import type { ExistingSegment } from './segmented-media';
import { TransportStreamSplitter } from './transport-stream-splitter';

/** Where a live MPEG-TS comes from: `-`, `tcp://host:port` (connect), `tcp://@:port` (listen), `udp://[group@]:port`. */
export interface LiveOptions {
  /** Seconds a segment should last. */
  target: number;
  stop: AbortSignal;
  warn: (text: string) => void;
  /** Told when a sender may begin, where this end waits for one. */
  listening: (address: string) => void;
}

/**
 * The segments of a live MPEG-TS: cut at random access points while it arrives, otherwise as it came.
 * @throws Failure for an address that cannot be read
 */
export async function* liveSegments(address: string, options: LiveOptions): AsyncGenerator<ExistingSegment> {
  const splitter = new TransportStreamSplitter(options.target);
  let number = 0;
  const named = (bytes: Uint8Array): ExistingSegment => {
    number += 1;
    return { name: `live segment ${number}`, content: { bytes }, discontinuity: 0 };
  };
  let isInterrupted = false;
  const interrupted = (): void => {
    isInterrupted = true;
  };
  for await (const chunk of chunksFrom(address, { ...options, interrupted })) {
    for (const segment of splitter.push(chunk)) yield named(segment);
  }
  const rest = splitter.finish(isInterrupted);
  if (rest) yield named(rest);
}

/** What a reader of bytes needs to know. */
interface ReadingOptions extends LiveOptions {
  /** Told when reading stops while the stream goes on. */
  interrupted: () => void;
}

async function* chunksFrom(address: string, options: ReadingOptions): AsyncGenerator<Buffer> {
  if (address === '-') {
    yield* stoppable(process.stdin, options);
    return;
  }
  const parts = /^(tcp|udp):\/\/(?:([^@/:]*)@)?([^:/]*):(\d+)\/?$/.exec(address);
  if (!parts) {
    throw new Failure(`${address} is not an address of a live stream`, {
      next: 'Give - for standard input, tcp://host:port, tcp://@:port to listen, or udp://@group:port.',
    });
  }
  const [, protocol, , host = '', port = ''] = parts;
  if (protocol === 'udp') yield* fromUdp(host, Number(port), options);
  else if (address.includes('@')) yield* fromConnections(host, Number(port), options);
  else yield* fromTcp(host, Number(port), options);
}

/** A sender that sends nothing for so long is gone, or its network is: one that dies says goodbye to nobody. */
const LONGEST_SILENCE = 30_000;

/** The bytes of a connection. @throws Error after {@link LONGEST_SILENCE} */
function whileItSpeaks(socket: Socket, options: ReadingOptions): AsyncGenerator<Buffer> {
  return whileItComes(stoppable(socket, options), LONGEST_SILENCE, (reason) => socket.destroy(reason));
}

/** Ends quietly when it is told to, whatever the stream says of that. */
async function* stoppable(stream: Readable, { stop, interrupted }: ReadingOptions): AsyncGenerator<Buffer> {
  const end = (): void => {
    if (!stream.readableEnded) interrupted();
    stream.destroy();
  };
  stop.addEventListener('abort', end, { once: true });
  if (stop.aborted) end();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    stop.removeEventListener('abort', end);
  }
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

/** Connects, and again with growing pauses whenever the connection ends, until it is told to stop. */
async function* fromTcp(host: string, port: number, options: ReadingOptions): AsyncGenerator<Buffer> {
  for (let pause = FIRST_PAUSE; !options.stop.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const socket = connect({ host, port });
    try {
      for await (const chunk of whileItSpeaks(socket, options)) {
        pause = FIRST_PAUSE;
        yield chunk;
      }
      warnUnlessStopped(options, `tcp://${host}:${port} ended; connecting again`);
    } catch (error) {
      warnUnlessStopped(options, `tcp://${host}:${port} cannot be read: ${reasonOf(error)}; connecting again`);
    } finally {
      socket.destroy();
    }
    await delay(pause, undefined, { signal: options.stop }).catch(() => undefined);
  }
}

function warnUnlessStopped(options: LiveOptions, text: string): void {
  if (!options.stop.aborted) options.warn(text);
}

/** Waits for somebody to connect, one after another, until it is told to stop. */
async function* fromConnections(host: string, port: number, options: ReadingOptions): AsyncGenerator<Buffer> {
  const server = createServer();
  // One that waits for its turn may break before it is read, which ends the process where nobody listens.
  server.on('connection', (socket) => socket.on('error', () => undefined));
  try {
    server.listen(port, host === '' ? undefined : host);
    await once(server, 'listening', { signal: options.stop });
    const { port: actual } = server.address() as AddressInfo;
    options.listening(`tcp port ${actual}`);
    for await (const [socket] of on(server, 'connection', { signal: options.stop }) as AsyncIterable<[Socket]>) {
      try {
        yield* whileItSpeaks(socket, options);
      } catch (error) {
        options.warn(`The connection broke: ${reasonOf(error)}; waiting for the next one`);
      }
    }
  } catch (error) {
    if (!options.stop.aborted)
      throw new Failure(`tcp port ${port} cannot be used: ${reasonOf(error)}`, { cause: error });
  } finally {
    server.close();
  }
}

/** Datagrams waiting to be read; more than this many are lost, as they would be in the network. */
const MOST_WAITING = 50_000;

async function* fromUdp(group: string, port: number, options: ReadingOptions): AsyncGenerator<Buffer> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  const waiting: Buffer[] = [];
  let [lost, wake] = [0, (): void => undefined];
  socket.on('message', (message) => {
    if (waiting.length < MOST_WAITING) waiting.push(message);
    else lost += 1;
    wake();
  });
  try {
    socket.bind(port);
    await once(socket, 'listening', { signal: options.stop });
    socket.on('error', (error) => {
      options.warn(`udp port ${port}: ${reasonOf(error)}`);
    });
    if (/^2(2[4-9]|3\d)\./.test(group)) socket.addMembership(group);
    options.listening(`udp port ${socket.address().port}`);
    options.stop.addEventListener('abort', () => {
      options.interrupted();
      wake();
    });
    while (!options.stop.aborted) {
      if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      for (const message of waiting.splice(0)) yield message;
      if (lost > 0) options.warn(`${lost} datagrams came faster than they could be read, and are lost`);
      lost = 0;
    }
  } catch (error) {
    if (!options.stop.aborted)
      throw new Failure(`udp port ${port} cannot be used: ${reasonOf(error)}`, { cause: error });
  } finally {
    socket.close();
  }
}
