import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audioFlow, multiFlow, videoFlow } from '../support/flow-fixtures';

/** Real media cut in segments of two seconds, as MPEG-TS. */
export interface CutMedia {
  readonly segments: readonly Buffer[];
  readonly remove: () => Promise<void>;
}

/** Length of each segment, in seconds; every one begins with a key frame. */
export const SEGMENT_SECONDS = 2;

/** Makes a test picture (25 frames a second) or a tone with ffmpeg, in segments whose own clock begins with 0. */
export async function cutMedia(kind: 'picture' | 'tone', segments: number): Promise<CutMedia> {
  const directory = await mkdtemp(join(tmpdir(), 'tams-console-media-'));
  const seconds = segments * SEGMENT_SECONDS;
  const source =
    kind === 'picture'
      ? [
          '-i',
          `testsrc2=size=320x180:rate=25:duration=${seconds}`,
          '-c:v',
          'libx264',
          '-preset',
          'ultrafast',
          '-g',
          '50',
        ]
      : ['-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`, '-c:a', 'aac', '-b:a', '64k'];
  const form = [
    '-pix_fmt',
    'yuv420p',
    '-muxdelay',
    '0',
    '-muxpreload',
    '0',
    '-f',
    'segment',
    '-segment_format',
    'mpegts',
  ];
  const { status, stderr } = spawnSync(
    'ffmpeg',
    [
      ...['-v', 'error', '-f', 'lavfi', ...source, ...form.slice(kind === 'picture' ? 0 : 2)],
      ...['-segment_time', String(SEGMENT_SECONDS), join(directory, '%03d.ts')],
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`ffmpeg: ${stderr}`);
  const names = (await readdir(directory)).sort().slice(0, segments);
  return {
    segments: await Promise.all(names.map((name) => readFile(join(directory, name)))),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Puts media into a server as any client does. */
export class MediaStore {
  /** @param headers of every request, for servers that ask who is calling */
  constructor(
    private readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** Picture and sound as Flows of their own, collected by a third. @returns the three ids */
  async film(label: string, picture: CutMedia, tone: CutMedia): Promise<{ id: string; video: string; audio: string }> {
    const video = videoFlow({
      label: `${label} picture`,
      essence_parameters: { frame_rate: { numerator: 25 }, frame_width: 320, frame_height: 180 },
    });
    const audio = audioFlow({ label: `${label} sound` });
    await this.put(
      video,
      picture,
      picture.segments.map((_, index) => index),
    );
    await this.put(
      audio,
      tone,
      tone.segments.map((_, index) => index),
    );
    const whole = multiFlow(
      [
        { id: video.id, role: 'video' },
        { id: audio.id, role: 'audio' },
      ],
      { label, status: 'closed_complete', container: undefined },
    );
    await this.send('PUT', `/flows/${whole.id}`, whole);
    return { id: whole.id, video: video.id, audio: audio.id };
  }

  /** A Flow of some of the segments, each where it belongs on the timeline: those left out are holes. */
  async put(flow: { readonly id: string }, media: CutMedia, chosen: readonly number[]): Promise<void> {
    await this.send('PUT', `/flows/${flow.id}`, { status: 'closed_complete', ...flow });
    const { media_objects: objects } = (await this.send('POST', `/flows/${flow.id}/storage`, {
      limit: chosen.length,
    })) as { media_objects: { object_id: string; put_url: { url: string; 'content-type': string } }[] };
    const segments = [];
    for (const [index, number] of chosen.entries()) {
      const { object_id, put_url } = objects[index]!;
      const headers = { 'content-type': put_url['content-type'] };
      const stored = await fetch(put_url.url, {
        method: 'PUT',
        headers,
        body: new Uint8Array(media.segments[number]!),
      });
      if (!stored.ok) throw new Error(`upload: ${stored.status}`);
      const start = number * SEGMENT_SECONDS;
      segments.push({ object_id, timerange: `[${start}:0_${start + SEGMENT_SECONDS}:0)` });
    }
    await this.send('POST', `/flows/${flow.id}/segments`, segments);
  }

  async send(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...this.headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
