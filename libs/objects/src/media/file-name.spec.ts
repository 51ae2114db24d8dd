import { contentDispositionOf, extensionOf, type MediaDescription } from './file-name';

const media: MediaDescription = {
  objectId: 'a1b2',
  label: 'News',
  role: 'media',
  start: 66_400_000_000n,
  contentType: 'video/mp2t',
};

test.each<[Partial<MediaDescription>, string]>([
  [{}, 'inline; filename="News 00-01-06.400.ts"'],
  [{ start: -1_000_000n }, 'inline; filename="News -00-00-00.001.ts"'],
  // 2026-11-29T21:46:01.040Z, in TAI.
  [
    { start: BigInt(Date.UTC(2026, 10, 29, 21, 46, 38, 40)) * 1_000_000n },
    'inline; filename="News 2026-11-29T21-46-01.040Z.ts"',
  ],
  [{ start: 2n ** 63n - 1n }, 'inline; filename="News 2262-04-11T23-46-39.854Z.ts"'],
  [{ role: 'init', start: null, contentType: 'video/mp4' }, 'inline; filename="News init.mp4"'],
  [{ role: null, start: null }, 'inline; filename="News.ts"'],
  [{ label: null }, 'inline; filename="a1b2.ts"'],
  [{ label: null, objectId: 'news/10/clip.ts' }, 'inline; filename="clip.ts"'],
  [{ label: null, objectId: '///' }, 'inline; filename="object.ts"'],
  [{ label: ' \n ', contentType: 'application/x-unknown' }, 'inline; filename="a1b2"'],
  [{ label: 'a/b\\c:"d"\r\nX: y' }, 'inline; filename="a_b_c_d_X_ y 00-01-06.400.ts"'],
  [
    { label: 'Café 100%', start: 0n },
    `inline; filename="Caf_ 100_ 00-00-00.000.ts"; filename*=UTF-8''Caf%C3%A9%20100%25%2000-00-00.000.ts`,
  ],
])('%j is %s', (changes, header) => {
  expect(contentDispositionOf({ ...media, ...changes })).toBe(header);
});

it('a label is cut, between characters', () => {
  const header = contentDispositionOf({ ...media, label: `${'a'.repeat(99)}🎬b` });
  expect(header).toContain(`filename="${'a'.repeat(99)}_ 00-01-06.400.ts"`);
  expect(() => decodeURIComponent(header.split("''")[1] ?? '')).not.toThrow();
});

it.each([
  ['video/mp2t', '.ts'],
  ['Video/MP4; codecs="avc1"', '.mp4'],
  ['application/octet-stream', ''],
  ['constructor', ''],
])('%s has the extension %j', (type, extension) => {
  expect(extensionOf(type)).toBe(extension);
});
