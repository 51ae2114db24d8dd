import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabaseFromTemplate } from '../../libs/embedded-postgres/src/testing/temporary-cluster';
import { videoFlow } from '../support/flow-fixtures';
import { ServerProcess } from '../support/server-process';
import { createTestDatabase } from '../support/test-database';
import type { LogLine } from './log-lines';

// Whole processes start, transforming their sources, perhaps on a machine that is busy with much else.
jest.setTimeout(240_000);

describe('the first start on an empty database', () => {
  it('warns of nothing but that nobody is asked who they are', async () => {
    const connectionUrl = process.env['TEST_TEMPLATE_DATABASE_URL'] ?? '';
    const empty = await createDatabaseFromTemplate({ connectionUrl, template: 'template0', name: 'test_first_start' });
    const dataDirectory = await mkdtemp(join(tmpdir(), 'tams-first-start-'));
    const server = await ServerProcess.start({
      DATABASE_URL: empty,
      DATA_DIR: dataDirectory,
      SHUTDOWN_DRAIN_SECONDS: '0',
    });
    await server.stop();
    await rm(dataDirectory, { recursive: true, force: true });

    const lines = server
      .output()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LogLine);
    const warnings = lines.filter(({ level }) => level !== 'info' && level !== 'debug');
    expect(lines.map(({ msg }) => msg)).toContain('stopped');
    expect(warnings.map(({ msg }) => msg)).toEqual([expect.stringContaining('AUTH_MODE has "none"')]);
    const said = lines.map(({ msg }) => String(msg));
    expect(said.slice(said.findIndex((msg) => msg.startsWith('TAMS is ready')) + 1)).toEqual([
      'SIGTERM: stopping...',
      'stopped',
    ]);
  });

  it('ends, for people, with where to go', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'tams-first-start-'));
    const server = await ServerProcess.start({
      DATABASE_URL: await createTestDatabase(),
      DATA_DIR: dataDirectory,
      LOG_FORMAT: 'pretty',
    });
    const flow = videoFlow();
    for (const probe of ['/livez', '/readyz', '/health', '/metrics']) {
      expect((await fetch(server.url + probe)).status).toBe(200);
    }
    await server.client.put(`/flows/${flow.id}`, flow);
    await server.client.get(`/flows/${randomUUID()}`);
    await server.stop();
    await rm(dataDirectory, { recursive: true, force: true });
    const lines = server.output().split('\n').filter(Boolean);
    const ready = lines.findIndex((line) => line.includes('TAMS is ready'));
    const clock = '\\d\\d:\\d\\d:\\d\\d';
    expect(lines.slice(ready)).toEqual([
      expect.stringMatching(`^${clock} TAMS is ready at ${server.url}$`),
      expect.stringMatching(`^ +console +${server.url}/console$`),
      expect.stringMatching(`^ +API documentation +${server.url}/docs$`),
      expect.stringMatching(`^ +HLS playback +${server.url}/flows/\\{flowId\\}/output.m3u8$`),
      expect.stringMatching(`^${clock} PUT /flows/${flow.id.slice(0, 8)} 201 \\d+ ms  #[0-9a-f]{8}$`),
      expect.stringMatching(`^${clock} GET /flows/[0-9a-f-]{36} 404 flow-not-found \\d+ ms  #[0-9a-f-]{36}$`),
      expect.stringMatching(`^${clock} SIGTERM: stopping...$`),
      expect.stringMatching(`^${clock} stopped$`),
    ]);
  });
});
