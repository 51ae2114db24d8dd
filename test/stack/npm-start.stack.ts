import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
/** How long the server may take to be ready, in milliseconds; it may have to be built. */
const START_MS = 120_000;

it('SIGTERM to npm start stops the server, not npm alone', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tams-npm-start-'));
  const npm = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', DATA_DIR: directory, SHUTDOWN_DRAIN_SECONDS: '0', LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A group of its own, so that the server ends with npm if the test fails.
    detached: true,
  });
  try {
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`npm start is not ready after ${START_MS} ms. It said:\n${output}`));
      }, START_MS);
      npm.once('error', reject);
      npm.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`npm start ended with ${code}. It said:\n${output}`));
      });
      npm.stdout.on('data', (text: Buffer) => {
        output += text.toString();
        const ready = /ready at (http:\/\/[^\s"]+)/.exec(output)?.[1];
        if (ready === undefined) return;
        clearTimeout(timer);
        resolve(ready);
      });
    });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    const ended = once(npm, 'exit');
    npm.kill('SIGTERM');
    await ended;
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  } finally {
    killGroup(npm.pid);
    rmSync(directory, { recursive: true, force: true });
  }
}, 180_000);

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // All of them have ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
