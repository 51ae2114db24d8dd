import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDone, parseConformance, routeMistakes, testFiles } from '../contract/conformance';
import { startTestServer, type TestServer } from '../support/test-server';

const root = join(__dirname, '../..');
const rows = parseConformance(readFileSync(join(root, 'docs/conformance.md'), 'utf8'));

describe('docs/conformance.md', () => {
  let tams: TestServer;

  beforeAll(async () => {
    tams = await startTestServer();
  });
  afterAll(() => tams.stop());

  it('claims exactly the routes the server has', () => {
    expect(routeMistakes(rows, tams.server.routes)).toEqual([]);
  });

  it('names tests that exist', () => {
    const missing = rows
      .filter(isDone)
      .flatMap(testFiles)
      .filter((file) => !existsSync(join(root, file)));
    expect([...new Set(missing)]).toEqual([]);
  });
});
