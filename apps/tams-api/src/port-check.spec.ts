import { createServer, type AddressInfo } from 'node:net';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Configuration } from '@tams/platform';
import { checkPort, PortUnavailableError } from './port-check';
import { TamsServer } from './tams-server';

/** A port that somebody listens on while `use` runs. */
async function whileTaken(use: (port: number) => Promise<void>): Promise<void> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  try {
    await use((other.address() as AddressInfo).port);
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
}

it('says what to do about a port in use, before a cluster is made', () =>
  whileTaken(async (port) => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'port-check-'));
    const configuration = new Configuration({ PORT: String(port), DATA_DIR: dataDirectory });
    await expect(TamsServer.start(configuration)).rejects.toThrow(
      `Port ${port} is in use: stop what listens there or set PORT.`,
    );
    expect(readdirSync(dataDirectory)).toEqual([]);
    rmSync(dataDirectory, { recursive: true });
  }));

it('says so of an address that is not of this machine', async () => {
  await expect(checkPort('192.0.2.1', 8000)).rejects.toThrow(PortUnavailableError);
  await expect(checkPort('192.0.2.1', 8000)).rejects.toThrow('correct HOST');
});

it('leaves a free port free', async () => {
  let free = 0;
  await whileTaken((port) => {
    free = port;
    return Promise.resolve();
  });
  await checkPort('127.0.0.1', free);
  await checkPort('127.0.0.1', free);
});
