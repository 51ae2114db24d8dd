import { afterGap, type MappedEntry, momentAt, playerTimeOf, playlistEntriesOf } from './playback-map';

const second = 1_000_000_000n;
const playlist = `#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-TAMS-TIMERANGE:[10:0_12:0)
#EXTINF:2.000000,
a.ts
#EXT-X-GAP
#EXTINF:2.0,
gap.ts
#EXT-X-GAP
#EXTINF:1.0,
gap.ts
#EXT-X-TAMS-TIMERANGE:[15:0_16:500000000)
#EXTINF:1.5,
b.ts
#EXT-X-ENDLIST`;

/** As a player lays them out, one after the other. */
function mapped(): MappedEntry[] {
  let position = 0;
  return playlistEntriesOf(playlist).map((entry) => {
    const playerStart = position;
    position += Number(entry.end - entry.start) / 1e9;
    return { ...entry, playerStart, playerEnd: position };
  });
}

describe('a playlist on the timeline', () => {
  it('tells where each entry lies, gaps included', () => {
    expect(playlistEntriesOf(playlist)).toEqual([
      { start: 10n * second, end: 12n * second, isGap: false },
      { start: 12n * second, end: 14n * second, isGap: true },
      { start: 14n * second, end: 15n * second, isGap: true },
      { start: 15n * second, end: 16_500_000_000n, isGap: false },
    ]);
    expect(playlistEntriesOf('#EXTM3U\n#EXTINF:2,\na.ts')).toEqual([]);
  });

  it('leads from a moment to the player and back', () => {
    const entries = mapped();
    expect(playerTimeOf(entries, 11n * second)).toBe(1);
    expect(momentAt(entries, 1)).toBe(11n * second);
    expect(playerTimeOf(entries, 16n * second)).toBe(6);
    expect(momentAt(entries, 6)).toBe(16n * second);
  });

  it('skips holes, and ends where the media ends', () => {
    const entries = mapped();
    expect(playerTimeOf(entries, 13n * second)).toBe(5);
    expect(playerTimeOf(entries, 0n)).toBe(0);
    expect(playerTimeOf(entries, 99n * second)).toBe(6.5);
    expect(afterGap(entries, 1.9)?.start).toBe(15n * second);
    expect(afterGap(entries, 1)).toBeUndefined();
    expect(afterGap(entries, 5.5)).toBeUndefined();
  });
});
