import { join } from 'node:path';
import { TamsClient } from '../../apps/tams-media/src/client/tams-client';
import { type DemoResult, runDemo } from '../../apps/tams-media/src/demo';
import { itWithFfprobe } from '../../apps/tams-media/src/testing/ffprobe';
import { startTestServer } from '../support/test-server';

describe('real media', () => {
  const lines: string[] = [];
  let result: DemoResult;

  beforeAll(async () => {
    const tams = await startTestServer();
    try {
      const sample = join(__dirname, '../../apps/tams-media/sample/playlist.m3u8');
      result = await runDemo(new TamsClient({ url: tams.url }), sample, (line) => lines.push(line));
    } finally {
      await tams.stop();
    }
  });

  it('goes in and comes back by time, byte for byte (npm run demo)', () => {
    expect(lines.join('\n')).toContain('3 of 10 segments');
    expect(lines.join('\n')).toContain('byte for byte');
  });

  it('says where players find it', () => {
    expect(result.playback_url).toMatch(new RegExp(`/flows/${result.flow_id}/output.m3u8$`));
    expect(lines.at(-1)).toContain(result.playback_url);
  });

  itWithFfprobe('is accepted by a player when it comes back', () => {
    expect(result.ffprobe).toMatch(/^mpegts, h264 640x360 /);
  });
});
