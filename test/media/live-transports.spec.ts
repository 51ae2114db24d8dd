import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { decodedFrames, describeWithFfmpeg, MediaMaker, picture, tone } from './media-maker';
import { MediaStore } from './media-store';

const SECONDS = 6;
/** A stream small enough to fit into a socket's buffer, however slow the machine is: nothing is lost on UDP. */
const CODED = '-c:v libx264 -preset ultrafast -crf 40 -pix_fmt yuv420p -g 25 -c:a aac -b:a 16k';
const hasSrt = spawnSync('srt-live-transmit', ['-version']).error === undefined;

describeWithFfmpeg('live streams that ffmpeg sends', () => {
  let store: MediaStore;
  let media: MediaMaker;
  let sender: ChildProcess | undefined;
  /** Leads a group of its own. */
  let command: ChildProcess | undefined;
  let stop: AbortController;

  beforeAll(async () => {
    store = await MediaStore.start();
    media = await MediaMaker.create();
    await media.make(`${picture(SECONDS, '25', '160x90')} ${tone(SECONDS)} ${CODED} whole.ts`);
  });
  beforeEach(() => {
    stop = new AbortController();
  });
  // A test whose time is over has ended nothing.
  afterEach(() => {
    stop.abort();
    sender?.kill('SIGKILL');
    killGroup(command);
    [sender, command] = [undefined, undefined];
  });
  afterAll(async () => {
    await store.stop();
    await media.dispose();
  });

  const send = (url: string): void => {
    const options = ['-v', 'error', '-nostdin', '-re', '-i', media.path('whole.ts'), '-c', 'copy', '-f', 'mpegts', url];
    sender = spawn('ffmpeg', options, { stdio: ['ignore', 'inherit', 'inherit'] });
  };

  /** Listens, has ffmpeg send when that is so, and ends as soon as all but the last segment is there. */
  async function received(address: string, urlOf: (port: string) => string): Promise<number> {
    let count = 0;
    const result = await store.ingest(
      address,
      { live: 'stream', stop: stop.signal },
      {
        listening: (where) => {
          send(urlOf(/\d+$/.exec(where)?.[0] ?? ''));
        },
        registered: (_flow, segments) => {
          count += segments.length;
          if (count >= SECONDS - 1) stop.abort();
        },
      },
    );
    await store.write(result.flow_id, media.path('received.mkv'), 'mkv');
    const [found, expected] = await Promise.all(
      ['received.mkv', 'whole.ts'].map((name) => decodedFrames(media.path(name), 'v:0')),
    );
    const known = expected?.map(({ md5 }) => md5) ?? [];
    expect(found?.map(({ md5 }) => md5)).toEqual(known.slice(0, found?.length));
    return found?.length ?? 0;
  }

  it('are read from a TCP port that listens', async () => {
    const frames = await received('tcp://@127.0.0.1:0', (port) => `tcp://127.0.0.1:${port}`);
    expect(frames).toBeGreaterThanOrEqual((SECONDS - 1) * 25);
  });

  it('are read from a UDP port', async () => {
    const frames = await received('udp://@:0', (port) => `udp://127.0.0.1:${port}?pkt_size=1316`);
    expect(frames).toBeGreaterThanOrEqual((SECONDS - 1) * 25);
  });

  it('are read from a multicast group', async () => {
    const group = '239.255.12.35';
    const frames = await received(`udp://@${group}:0`, (port) => `udp://${group}:${port}?pkt_size=1316&ttl=1`);
    expect(frames).toBeGreaterThanOrEqual((SECONDS - 1) * 25);
  });

  it('are read from standard input, as the command', async () => {
    command = spawnIngest(`ffmpeg -v error -nostdin -i ${media.path('whole.ts')} -c copy -f mpegts - |`);
    await expectSegments(command, SECONDS);
  });

  (hasSrt ? it : it.skip)(
    `are read through SRT${hasSrt ? '' : ' (skipped: srt-live-transmit is not installed: node scripts/install-test-programs.mjs srt-tools)'}`,
    async () => {
      const port = await freeUdpPort();
      const receiver = `srt-live-transmit -q -a:no -chunk:1316 'srt://127.0.0.1:${port}?mode=listener' file://con |`;
      command = spawnIngest(receiver);
      send(`srt://127.0.0.1:${port}?mode=caller&pkt_size=1316&connect_timeout=20000`);
      await expectSegments(command, SECONDS);
    },
  );

  /** The command behind a pipe. */
  function spawnIngest(pipe: string): ChildProcess {
    const program = `${process.execPath} ${join(__dirname, '../support/run-server.cjs')} apps/tams-media/src/main.ts`;
    const ingest = `${program} ingest - --live --segment-duration 1 --json --url ${store.tams.url}`;
    return spawn('bash', ['-o', 'pipefail', '-c', `${pipe} ${ingest}`], {
      env: { ...process.env, XDG_STATE_HOME: media.folder },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
  }

  async function expectSegments(command: ChildProcess, count: number): Promise<void> {
    if (!command.stdout) throw new Error('the command has no output');
    const lines: string[] = [];
    const output = createInterface({ input: command.stdout });
    output.on('line', (line) => lines.push(line));
    await once(output, 'close');
    const { flow_id } = JSON.parse(lines.at(-1) ?? '{}') as { flow_id: string };
    expect(await store.segments(flow_id)).toHaveLength(count);
    expect(await store.flow(flow_id)).toMatchObject({ status: 'closed_complete' });
  }
});

/** A port of UDP, on which SRT works, that is free now. */
async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

/** Ends a process that leads a group, and all that it started. */
function killGroup(leader: ChildProcess | undefined): void {
  if (leader?.pid === undefined) return;
  try {
    process.kill(-leader.pid, 'SIGKILL');
  } catch (error) {
    // All of them have ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
