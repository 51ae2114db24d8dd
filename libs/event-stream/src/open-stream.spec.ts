import { OpenStream, type StreamWishes } from './open-stream';
import { StreamPosition } from './stream-position';

const wishes = {} as StreamWishes;
const bytes = Buffer.from('x');

/** What a reader gets until the stream ends. */
async function contentOf(stream: OpenStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

it('keeps what happens while it catches up, and leaves out what it was told then', async () => {
  const stream = new OpenStream(wishes, () => undefined);
  for (const number of [1n, 2n, 3n]) stream.tell({ sequence: number, bytes: Buffer.from(`${number}.`) });
  stream.send(Buffer.from('caught up. '));
  stream.goLive(new StreamPosition('1', 2n, [{ first: 1n, last: 1n }]));
  stream.tell({ sequence: 4n, bytes: Buffer.from('4.') });
  stream.finish();
  expect(await contentOf(stream)).toBe('caught up. 1.3.4.');
});

it('ends, and says so once, when its client reads nothing', () => {
  const closed: unknown[] = [];
  const stream = new OpenStream(wishes, (one) => closed.push(one));
  stream.goLive(undefined);
  const message = Buffer.alloc(64 * 1024);
  for (let count = 0; count < 100; count += 1) stream.send(message);
  expect(stream.destroyed).toBe(true);
  expect(stream.readableLength).toBeLessThan(2 * 1024 * 1024);
  expect(closed).toEqual([stream]);
});

it('ends when more happens while it catches up than it has room for', () => {
  const stream = new OpenStream(wishes, () => undefined);
  for (let sequence = 0n; sequence <= 2000n && !stream.destroyed; sequence += 1n) stream.tell({ sequence, bytes });
  expect(stream.destroyed).toBe(true);
});

it('waits for a client that is slow, and no longer for one that has left', async () => {
  const stream = new OpenStream(wishes, () => undefined);
  stream.send(bytes);
  const drained = stream.drained();
  stream.destroy();
  await drained;
  const other = new OpenStream(wishes, () => undefined);
  other.send(bytes);
  const taken = other.drained();
  other.on('data', () => undefined);
  await taken;
  expect(other.readableLength).toBe(0);
});
