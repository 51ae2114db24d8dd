import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { whileItComes } from './while-it-comes';

const SILENCE_MS = 100;

it('gives up when nothing comes for so long', async () => {
  const silent = new Readable({ read: () => undefined });
  silent.push('first');
  const seen: string[] = [];
  const reading = (async () => {
    for await (const chunk of whileItComes(silent, SILENCE_MS, (reason) => silent.destroy(reason)))
      seen.push(String(chunk));
  })();
  await expect(reading).rejects.toThrow('nothing came for 0.1 s');
  expect(seen).toEqual(['first']);
});

it('does not count the time in which its reader does something else', async () => {
  const given: Error[] = [];
  const seen: string[] = [];
  for await (const chunk of whileItComes(Readable.from(['a', 'b']), SILENCE_MS, (reason) => given.push(reason))) {
    await delay(2 * SILENCE_MS);
    seen.push(String(chunk));
  }
  expect(seen).toEqual(['a', 'b']);
  expect(given).toEqual([]);
});
