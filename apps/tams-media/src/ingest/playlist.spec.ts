import { readPlaylist } from './playlist';

const playlist = (...lines: string[]): string => ['#EXTM3U', ...lines].join('\r\n');

describe('readPlaylist', () => {
  it('lists segments in their order', () => {
    const text = playlist('#EXTINF:2,', 'b.ts', '#EXTINF:2,', '', 'a.ts?x=1', '#EXT-X-ENDLIST');
    expect(readPlaylist('p', text)).toEqual({ uris: ['b.ts', 'a.ts?x=1'], ended: true });
    expect(readPlaylist('p', playlist('a.ts')).ended).toBe(false);
  });

  it.each([
    ['#EXT-X-STREAM-INF:BANDWIDTH=1', 'master playlist'],
    ['#EXT-X-MAP:URI="init.mp4"', 'fragmented MP4'],
    ['#EXT-X-KEY:METHOD=AES-128,URI="k"', 'encrypted'],
    ['#EXT-X-BYTERANGE:100@0', 'EXT-X-BYTERANGE'],
    ['#EXT-X-DISCONTINUITY', 'discontinuity'],
  ])('refuses %s', (tag, reason) => {
    expect(() => readPlaylist('p', playlist('a.ts', tag, 'b.ts'))).toThrow(reason);
  });

  it('passes over what changes nothing', () => {
    const text = playlist('#EXT-X-DISCONTINUITY', '#EXT-X-DISCONTINUITY-SEQUENCE:3', '#EXT-X-KEY:METHOD=NONE', 'a.ts');
    expect(readPlaylist('p', text).uris).toEqual(['a.ts']);
  });

  it('refuses what is no playlist or lists nothing', () => {
    expect(() => readPlaylist('p', '<html>')).toThrow('p is not an HLS playlist');
    expect(() => readPlaylist('p', playlist('#EXT-X-ENDLIST'))).toThrow('p lists no segments');
  });
});
