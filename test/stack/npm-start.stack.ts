import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

it('SIGTERM to npm start stops the server, not npm alone', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tams-npm-start-'));
  const npm = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', DATA_DIR: directory, SHUTDOWN_DRAIN_SECONDS: '0', LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      npm.once('exit', (code) => {
        reject(new Error(`npm start ended with ${code}. It said:\n${output}`));
      });
      npm.stdout.on('data', (text: Buffer) => {
        output += text.toString();
        const ready = /ready at (http:\/\/[^\s"]+)/.exec(output)?.[1];
        if (ready !== undefined) resolve(ready);
      });
    });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    const ended = once(npm, 'exit');
    npm.kill('SIGTERM');
    await ended;
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  } finally {
    npm.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}, 180_000);
