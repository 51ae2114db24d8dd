import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabaseFromTemplate } from '../../libs/embedded-postgres/src/testing/temporary-cluster';
import { ServerProcess } from '../support/server-process';
import type { LogLine } from './log-lines';

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
  });
});
