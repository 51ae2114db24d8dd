import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import {
  ALL_FORMATS,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathSource,
  Input,
  Mp4OutputFormat,
  Output,
  StreamTarget,
  type StreamTargetChunk,
  WavOutputFormat,
} from 'mediabunny';
import { withShiftedTimes } from '../../../apps/tams-media/src/testing/media';
import { picture, tone } from '../media-maker';

const run = promisify(execFile);
const FRAMES_PER_SECOND = 25;
/** 50 Mbit/s, as cameras and broadcasters record. */
const BYTES_PER_FRAME = 250_000;

/** Media of any size that needs hardly any room on a disk. */
export interface LargeMedia {
  /** What `ingest` is given. */
  readonly address: string;
  readonly bytes: number;
  stop(): void;
}

/** An MP4 of H.264 whose key frames are real and whose other frames are holes in the file; its index is at the end. */
export async function largeMovie(folder: string, bytes: number): Promise<LargeMedia> {
  const path = join(folder, 'one.mp4');
  await ffmpeg(`${picture(1)} -c:v libx264 -pix_fmt yuv420p -g 25`, path);
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  const key = track && (await new EncodedPacketSink(track).getFirstPacket());
  const decoderConfig = await track?.getDecoderConfig();
  if (!key || !decoderConfig) throw new Error('ffmpeg made no picture');
  const address = join(folder, 'large.mp4');
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: false }), target: await sparseTarget(address) });
  const source = new EncodedVideoPacketSource('avc');
  output.addVideoTrack(source, { frameRate: FRAMES_PER_SECOND });
  await output.start();
  const hole = new Uint8Array(BYTES_PER_FRAME);
  const count = Math.ceil(bytes / BYTES_PER_FRAME / FRAMES_PER_SECOND) * FRAMES_PER_SECOND;
  for (let index = 0; index < count; index += 1) {
    const isKey = index % FRAMES_PER_SECOND === 0;
    const [time, duration] = [index / FRAMES_PER_SECOND, 1 / FRAMES_PER_SECOND];
    const packet = new EncodedPacket(isKey ? key.data : hole, isKey ? 'key' : 'delta', time, duration);
    await source.add(packet, { decoderConfig });
  }
  await output.finalize();
  input.dispose();
  return { address, bytes, stop: () => undefined };
}

/** A WAV of 16 channels of silence, 24 bits at 48 kHz, which is a hole but for its header. */
export async function largeSound(folder: string, bytes: number): Promise<LargeMedia> {
  const address = join(folder, 'large.wav');
  const output = new Output({ format: new WavOutputFormat({ large: true }), target: await sparseTarget(address) });
  const source = new EncodedAudioPacketSource('pcm-s24');
  output.addAudioTrack(source);
  await output.start();
  const second = new Uint8Array(16 * 3 * 48_000);
  const decoderConfig = { codec: 'pcm-s24', sampleRate: 48_000, numberOfChannels: 16 };
  for (let index = 0; index < bytes / second.length; index += 1)
    await source.add(new EncodedPacket(second, 'key', index, 1), { decoderConfig });
  await output.finalize();
  return { address, bytes, stop: () => undefined };
}

/** Writes a file and leaves out what is zero. */
async function sparseTarget(path: string): Promise<StreamTarget> {
  const file = await open(path, 'w');
  let size = 0;
  return new StreamTarget(
    new WritableStream<StreamTargetChunk>({
      write: async ({ data, position }) => {
        size = Math.max(size, position + data.length);
        if (data.some((byte) => byte !== 0)) await file.write(data, 0, data.length, position);
      },
      close: async () => {
        await file.truncate(size);
        await file.close();
      },
    }),
  );
}

const UNIT_SECONDS = 10;

/** A URL of an MPEG-TS of H.264 and AAC: the same ten seconds over and over, their times going on. */
export async function largeStream(folder: string, bytes: number): Promise<LargeMedia> {
  const path = join(folder, 'unit.ts');
  const noise = `${picture(UNIT_SECONDS, '25', '1280x720')} ${tone(UNIT_SECONDS)} -vf noise=alls=60:allf=t`;
  await ffmpeg(`${noise} -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -b:v 50M -c:a aac`, path);
  const file = await open(path);
  const unit = await file.readFile();
  await file.close();
  const total = Math.ceil(bytes / unit.length) * unit.length;
  const server = createServer(({ headers, method }, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    const [start, end] = [Number(from ?? 0), to ? Math.min(Number(to), total - 1) : total - 1];
    response.writeHead(from === undefined ? 200 : 206, {
      'accept-ranges': 'bytes',
      'content-length': end - start + 1,
      'content-range': `bytes ${start}-${end}/${total}`,
    });
    if (method === 'HEAD') response.end();
    else pipeline(Readable.from(partsOf(unit, start, end + 1), { highWaterMark: 1 }), response, () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/large.ts`,
    bytes: total,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function* partsOf(unit: Buffer, start: number, end: number): Generator<Buffer> {
  const part = 188 * 5000;
  for (let at = start; at < end;) {
    const [round, within] = [Math.floor(at / unit.length), at % unit.length];
    const from = within - (within % part);
    const shifted = withShiftedTimes(unit.subarray(from, from + part), round * UNIT_SECONDS * 90_000);
    const wanted = shifted.subarray(within - from, within - from + end - at);
    yield wanted;
    at += wanted.length;
  }
}

async function ffmpeg(options: string, path: string): Promise<void> {
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...options.split(' '), path]);
}
