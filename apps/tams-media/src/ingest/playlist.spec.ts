import { advice } from '@tams/media';
import { isMultivariant, isPlaylist, readMediaPlaylist, readMultivariant } from './playlist';

const playlist = (...lines: string[]): string => ['#EXTM3U', ...lines].join('\r\n');

describe('readMediaPlaylist', () => {
  const uris = (text: string): string[] => readMediaPlaylist('p', text).segments.map(({ uri }) => uri);

  it('lists segments in their order', () => {
    const text = playlist('#EXTINF:2,', 'b.ts', '#EXTINF:2,', '', 'a.ts?x=1', '#EXT-X-ENDLIST');
    expect(uris(text)).toEqual(['b.ts', 'a.ts?x=1']);
    expect(readMediaPlaylist('p', text).ended).toBe(true);
    expect(readMediaPlaylist('p', playlist('a.ts')).ended).toBe(false);
  });

  it('numbers segments and the discontinuities between them', () => {
    const text = playlist(
      '#EXT-X-MEDIA-SEQUENCE:7',
      '#EXT-X-DISCONTINUITY-SEQUENCE:3',
      '#EXT-X-TARGETDURATION:4',
      '#EXTINF:3.2,',
      'a.ts',
      '#EXT-X-DISCONTINUITY',
      'b.ts',
    );
    const { segments, sequence, targetDuration } = readMediaPlaylist('p', text);
    expect({ sequence, targetDuration }).toEqual({ sequence: 7, targetDuration: 4 });
    expect(segments).toMatchObject([
      { uri: 'a.ts', sequence: 7, discontinuity: 3, duration: 3.2 },
      { uri: 'b.ts', sequence: 8, discontinuity: 4 },
    ]);
  });

  it('cuts parts out of files, also where a part follows the one before', () => {
    const text = playlist(
      '#EXT-X-MAP:URI="all.mp4",BYTERANGE="700@0"',
      '#EXT-X-BYTERANGE:1000@700',
      'all.mp4',
      '#EXT-X-BYTERANGE:500',
      'all.mp4',
    );
    const init = { uri: 'all.mp4', range: { offset: 0, length: 700 } };
    expect(readMediaPlaylist('p', text).segments).toMatchObject([
      { range: { offset: 700, length: 1000 }, init },
      { range: { offset: 1700, length: 500 }, init },
    ]);
    expect(() => readMediaPlaylist('p', playlist('#EXT-X-BYTERANGE:x', 'a.mp4'))).toThrow('byte range');
  });

  it('leaves out segments that do not exist', () => {
    expect(uris(playlist('a.ts', '#EXT-X-GAP', 'b.ts', 'c.ts'))).toEqual(['a.ts', 'c.ts']);
  });

  it.each([
    ['METHOD=AES-128', 'METHOD=AES-128', advice.decrypt],
    ['METHOD=AES-128,KEYFORMAT="identity"', 'METHOD=AES-128', advice.decrypt],
    ['METHOD=AES-128,KEYFORMAT="a.b"', 'METHOD=AES-128, KEYFORMAT=a.b', advice.clearMedia],
    ['METHOD=SAMPLE-AES', 'METHOD=SAMPLE-AES', advice.clearMedia],
  ])('refuses encryption with what to do: %s', (key, shown, next) => {
    const message = `p is encrypted (EXT-X-KEY with ${shown})`;
    expect(() => readMediaPlaylist('p', playlist(`#EXT-X-KEY:${key},URI="k"`, 'a.ts'))).toThrow(
      expect.objectContaining({ message, next }) as Error,
    );
  });

  it('reads what is not encrypted any more', () => {
    expect(uris(playlist('#EXT-X-KEY:METHOD=NONE', 'a.ts'))).toEqual(['a.ts']);
  });

  it('refuses what is no playlist', () => {
    expect(() => readMediaPlaylist('p', '<html>')).toThrow('p is not an HLS playlist');
    expect(isPlaylist('#EXTM3U x-attribute="1"\n')).toBe(true);
    expect(isPlaylist('#EXTM3U8')).toBe(false);
  });
});

describe('readMultivariant', () => {
  const text = playlist(
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="English, stereo",LANGUAGE="en",URI="en.m3u8"',
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="inside"',
    '#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360,CODECS="avc1.64001e,mp4a.40.2",AUDIO="aac"',
    'low.m3u8',
    '#EXT-X-STREAM-INF:BANDWIDTH=2000000',
    'high.m3u8',
  );

  it('lists variants and sounds of their own', () => {
    expect(isMultivariant(text)).toBe(true);
    expect(readMultivariant('p', text)).toEqual({
      variants: [
        { uri: 'low.m3u8', bandwidth: 800_000, name: '640x360', audio: 'aac' },
        { uri: 'high.m3u8', bandwidth: 2_000_000, name: '2000000' },
      ],
      audio: [{ uri: 'en.m3u8', group: 'aac', name: 'English, stereo', language: 'en' }],
    });
  });

  it('refuses one that lists nothing', () => {
    expect(() => readMultivariant('p', playlist())).toThrow('p lists no variants');
  });
});
