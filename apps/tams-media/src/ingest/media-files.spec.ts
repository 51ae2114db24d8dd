import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { existsSync, readFileSync } from 'node:fs';
import { sampleSegment, SAMPLE_FOLDER } from '../testing/media';
import { findMedia } from './media-files';

describe('findMedia', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'media-files-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const names = async (argument: string): Promise<string[]> =>
    (await findMedia(argument)).files.map((file) => file.name);

  it('follows a playlist, and names the whole after its folder', async () => {
    const found = await findMedia(join(SAMPLE_FOLDER, 'playlist.m3u8'));
    expect(found.title).toBe('sample');
    expect(found.files.map((file) => file.name)).toEqual(
      Array.from({ length: 10 }, (_, index) => `segment-00${index}.ts`),
    );
    expect(found.warnings).toEqual([]);
  });

  it('takes a folder in natural order', async () => {
    for (const name of ['s10.ts', 's9.ts', 's1.ts', 'notes.txt']) writeFileSync(join(folder, name), '');
    expect(await names(folder)).toEqual(['s1.ts', 's9.ts', 's10.ts']);
  });

  it('takes names in a playlist as they stand, or as URIs', async () => {
    for (const name of ['50% #1.ts', 'a b.ts']) writeFileSync(join(folder, name), '');
    writeFileSync(join(folder, 'p.m3u8'), '#EXTM3U\n50% #1.ts\na%20b.ts\n');
    const found = await findMedia(join(folder, 'p.m3u8'));
    expect(found.files.every((file) => existsSync(file.path))).toBe(true);
    expect(found.warnings).toEqual([expect.stringContaining('no end')]);
  });

  it('says what is missing', async () => {
    await expect(findMedia(join(folder, 'none.ts'))).rejects.toThrow('none.ts does not exist');
    await expect(findMedia(folder)).rejects.toThrow('holds no .ts files');
    writeFileSync(join(folder, 'p.m3u8'), '#EXTM3U\ngone.ts\n');
    await expect(findMedia(join(folder, 'p.m3u8'))).rejects.toThrow('p.m3u8 lists gone.ts, but');
  });

  it('downloads what a remote playlist lists and removes it afterwards', async () => {
    const server = createServer((request, response) => {
      const body = request.url === '/vod/index.m3u8' ? '#EXTM3U\nseg/a.ts\n#EXT-X-ENDLIST' : sampleSegment(2);
      response.writeHead(200).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const found = await findMedia(`http://127.0.0.1:${(server.address() as AddressInfo).port}/vod/index.m3u8`);
      expect(found.title).toBe('vod');
      const [file] = found.files;
      expect(readFileSync(file!.path).equals(sampleSegment(2))).toBe(true);
      await found.dispose();
      expect(existsSync(file!.path)).toBe(false);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
