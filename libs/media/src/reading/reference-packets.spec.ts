import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { forgetMediaOfReference, type InsideOfTrack } from './reference-packets';

const SAMPLE = join(__dirname, '../../../../apps/tams-media/sample');

describe('what the library keeps of an MPEG-TS that was read', () => {
  /** Reads the sample as one stream. @returns bytes of media that are kept of its picture */
  async function keptAfterReading(forget: typeof forgetMediaOfReference | undefined): Promise<number> {
    const names = readdirSync(SAMPLE).filter((name) => name.endsWith('.ts'));
    const bytes = Buffer.concat(names.sort().map((name) => readFileSync(join(SAMPLE, name))));
    const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
    const track = await input.getPrimaryVideoTrack();
    if (!track) throw new Error('the sample has no picture');
    for await (const packet of new EncodedPacketSink(track).packets()) {
      if (packet.timestamp >= 0) forget?.({ track });
    }
    const references = (track as InsideOfTrack)._backing?.elementaryStream?.referencePesPackets ?? [];
    expect(references.length).toBeGreaterThan(1);
    return references.reduce((sum, { data }) => sum + (data?.byteLength ?? 0), 0);
  }

  it('is no media', async () => {
    expect(await keptAfterReading(forgetMediaOfReference)).toBe(0);
  });

  it('would be media if it were not taken away: where this fails, the library is mended', async () => {
    expect(await keptAfterReading(undefined)).toBeGreaterThan(0);
  });
});
