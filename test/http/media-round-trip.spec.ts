import { join } from 'node:path';
import { TamsClient } from '../../apps/tams-media/src/client/tams-client';
import { runDemo } from '../../apps/tams-media/src/demo';
import { startTestServer } from '../support/test-server';

describe('real media', () => {
  it('goes in and comes back by time, byte for byte (npm run demo)', async () => {
    const tams = await startTestServer();
    try {
      const lines: string[] = [];
      const sample = join(__dirname, '../../apps/tams-media/sample/playlist.m3u8');
      await runDemo(new TamsClient({ url: tams.url }), sample, (line) => lines.push(line));
      expect(lines.join('\n')).toContain('3 of 10 segments');
      expect(lines.join('\n')).toContain('byte for byte');
    } finally {
      await tams.stop();
    }
  });
});
