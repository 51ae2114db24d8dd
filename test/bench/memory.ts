import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { type BenchBed, onBenchBed } from './bench-bed';
import { InspectedProcess, type Memory } from './inspected-process';
import { readOptions } from './options';
import { freePort, startTamsServer } from './processes';
import { machine, number } from './report';

const USAGE = `npm run bench:memory -- [options]
  --requests N   requests in all (default 100,000)
  --paths N      different paths they ask for (default 10,000)
Sends requests for paths that do not exist to the built server, a tenth of them for Flows, and says what its heap holds after
a garbage collection: before, after a fifth of them, and after all. Ends with 1 when the heap is more than 6 MB larger after all
than after a fifth: what is remembered of requests must not grow with their number, nor with that of their paths.`;

const options = readOptions(USAGE, {
  requests: { type: 'string', default: '100000' },
  paths: { type: 'string', default: '10000' },
  help: { type: 'boolean', default: false },
});

const MOST_GROWTH_MEGABYTES = 6;
const CONNECTIONS = 8;
/** Requests on one connection that wait for their answers. */
const PIPELINED = 16;
const ANSWER = 'HTTP/1.1 ';

/** An identifier that is the same on every run. */
function uuidOf(index: number): string {
  const hex = createHash('sha256').update(String(index)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function pathOf(index: number): string {
  return index % 10 === 0 ? `/flows/${uuidOf(index)}` : `/nowhere/${uuidOf(index)}`;
}

/** Sends requests over one connection, some ahead of their answers. @param next the next path; undefined when there are no more */
function sendOver(origin: string, next: () => string | undefined): Promise<void> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  let waiting = 0;
  let rest = '';
  const send = (count: number): void => {
    let text = '';
    for (let sent = 0; sent < count; sent += 1) {
      const path = next();
      if (path === undefined) break;
      text += `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`;
      waiting += 1;
    }
    if (text !== '') socket.write(text);
    else if (waiting === 0) socket.end();
  };
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    const parts = (rest + chunk).split(ANSWER);
    waiting -= parts.length - 1;
    // What may be the beginning of the next answer.
    rest = (parts.at(-1) ?? '').slice(1 - ANSWER.length);
    send(parts.length - 1);
  });
  socket.on('error', reject);
  socket.on('close', () => {
    if (waiting === 0) resolve(undefined);
    else reject(new Error(`The server closed a connection with ${waiting} requests on it.`));
  });
  send(PIPELINED);
  return promise;
}

async function sendAll(origin: string, from: number, to: number): Promise<void> {
  const paths = Number(options.paths);
  let index = from;
  const next = (): string | undefined => {
    index += 1;
    return index > to ? undefined : pathOf(index % paths);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, () => sendOver(origin, next)));
}

function say(when: string, { heap, external, resident }: Memory): void {
  const figures = [heap, external, resident].map((bytes) => number(bytes / 1e6, 1).padStart(7));
  console.log(
    `${when.padEnd(28)} heap ${figures[0]!} MB   outside of it ${figures[1]!} MB   resident ${figures[2]!} MB`,
  );
}

async function run({ directory, postgres, stops }: BenchBed): Promise<void> {
  const port = await freePort();
  const server = await startTamsServer({
    databaseUrl: postgres.connectionUrl,
    directory,
    nodeOptions: [`--inspect=127.0.0.1:${port}`],
  });
  stops.push(() => server.stop());
  const inspected = await InspectedProcess.attach(port);
  stops.push(() => {
    inspected.detach();
  });
  const requests = Number(options.requests);
  console.log(JSON.stringify(machine()));
  say('before', await inspected.memory());
  await sendAll(server.origin, 0, requests / 5);
  const early = await inspected.memory();
  say(`after ${number(requests / 5)} requests`, early);
  const started = performance.now();
  await sendAll(server.origin, requests / 5, requests);
  const seconds = (performance.now() - started) / 1000;
  const late = await inspected.memory();
  say(`after ${number(requests)} requests`, late);
  const growth = (late.heap - early.heap) / 1e6;
  console.log(
    `${number((requests * 0.8) / seconds)} requests/s on ${options.paths} paths; the heap grew by ${number(growth, 1)} MB.`,
  );
  if (growth > MOST_GROWTH_MEGABYTES) process.exitCode = 1;
}

async function main(): Promise<void> {
  if (options.help) console.log(USAGE);
  else await onBenchBed(run);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
