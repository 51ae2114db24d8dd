import type { LookupAddress } from 'node:dns';
import { AddressPolicy, Configuration, type HostResolver } from '@tams/platform';
import { WebhookReceiver } from '../support/webhook-receiver';
import { type Attempt, HttpSender, readRetryAfter } from '../../libs/webhooks/src/delivery/http-sender';

const loopback: LookupAddress = { address: '127.0.0.1', family: 4 };
const senders: HttpSender[] = [];
let receiver: WebhookReceiver;

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.onApplicationShutdown()));
  await receiver.stop();
});

function senderWith(allowed: readonly string[], resolve: HostResolver['resolve'], timeoutSeconds = 1): HttpSender {
  const policy = new AddressPolicy(allowed, 'WEBHOOK_ALLOWED_HOSTS');
  const sender = new HttpSender(new Configuration({ WEBHOOK_TIMEOUT_SECONDS: String(timeoutSeconds) }), policy, {
    resolve,
  });
  senders.push(sender);
  return sender;
}

function send(sender: HttpSender, url: string, signal = new AbortController().signal): Promise<Attempt> {
  return sender.send({ url: new URL(url), headers: { 'webhook-id': 'x' }, body: Buffer.from('{}'), signal });
}

describe('where it sends', () => {
  it('connects to the address it has judged', async () => {
    const sender = senderWith(['127.0.0.0/8'], () => Promise.resolve([loopback]));
    const attempt = await send(sender, `http://hook.example.com:${receiver.port}/path?query=1`);
    expect(attempt).toMatchObject({ statusCode: 204, failure: undefined });
    expect(receiver.messages.map(({ path, headers }) => [path, headers.host])).toEqual([
      ['/path?query=1', `hook.example.com:${receiver.port}`],
    ]);
  });

  it('refuses a name whose second look-up gives a private address (DNS rebinding)', async () => {
    const answers = [[loopback], [{ address: '10.0.0.1', family: 4 }]];
    const sender = senderWith(['127.0.0.0/8'], () => Promise.resolve(answers.shift() ?? []));
    const url = `http://rebinding.example.com:${receiver.port}/`;
    receiver.react = () => ({ status: 200, headers: { connection: 'close' } });
    expect((await send(sender, url)).failure).toBeUndefined();
    expect((await send(sender, url)).failure).toMatchObject({ type: 'target-refused' });
    expect(receiver.messages).toHaveLength(1);
  });

  it('refuses a name with one refused address among good ones, and does not tell which', async () => {
    const addresses = [loopback, { address: '10.9.8.7', family: 4 }];
    const sender = senderWith(['127.0.0.0/8'], () => Promise.resolve(addresses));
    const { failure } = await send(sender, `http://mixed.example.com:${receiver.port}/`);
    expect(failure?.type).toBe('target-refused');
    expect(failure?.message).not.toContain('10.9.8.7');
    expect(receiver.messages).toEqual([]);
  });

  it('refuses an address without asking anybody', async () => {
    const resolve = jest.fn<Promise<LookupAddress[]>, [string]>();
    const sender = senderWith([], resolve);
    expect((await send(sender, receiver.url)).failure?.type).toBe('target-refused');
    expect(resolve).not.toHaveBeenCalled();
    expect(receiver.messages).toEqual([]);
  });

  it('allows a host by its name, whatever it resolves to', async () => {
    const sender = senderWith(['intranet'], () => Promise.resolve([loopback]));
    expect((await send(sender, `http://intranet:${receiver.port}/`)).failure).toBeUndefined();
  });

  it('follows no redirect', async () => {
    const other = await WebhookReceiver.start();
    receiver.react = () => ({ status: 307, headers: { location: other.url } });
    const sender = senderWith(['127.0.0.0/8'], () => Promise.resolve([loopback]));
    const attempt = await send(sender, receiver.url);
    expect(attempt).toMatchObject({ statusCode: 307, failure: { type: 'http-status' } });
    expect(other.messages).toEqual([]);
    await other.stop();
  });
});

describe('what it makes of a receiver', () => {
  const sender = (): HttpSender => senderWith(['127.0.0.0/8'], () => Promise.reject(new Error('ENOTFOUND')));

  it('that answers nothing: a timeout', async () => {
    receiver.react = () => 'hang';
    expect(await send(sender(), receiver.url)).toMatchObject({ statusCode: undefined, failure: { type: 'timeout' } });
  });

  it('that closes the connection, or is not there: a failed connection, without its address', async () => {
    receiver.react = () => 'drop';
    expect((await send(sender(), receiver.url)).failure?.type).toBe('connection');
    expect((await send(sender(), 'http://127.0.0.1:1/')).failure).toMatchObject({
      type: 'connection',
      message: 'nothing listens there (ECONNREFUSED)',
    });
  });

  it('whose name leads inside, or nowhere: the same, so that nobody learns which names there are', async () => {
    const told = async (name: string, resolve: () => Promise<LookupAddress[]>) => {
      const { failure } = await send(senderWith([], resolve), `http://${name}/`);
      return { ...failure, message: failure?.message.replaceAll(name, 'NAME') };
    };
    const inside = await told('db.internal', () => Promise.resolve([{ address: '10.0.0.5', family: 4 }]));
    const nowhere = await told('no-such.internal', () => Promise.reject(new Error('getaddrinfo ENOTFOUND')));
    expect(inside).toEqual(nowhere);
    expect(inside.type).toBe('target-refused');
  });

  it('that answers without end: its status', async () => {
    receiver.react = () => ({ status: 200, body: 'x'.repeat(5_000_000) });
    expect((await send(sender(), receiver.url)).failure).toBeUndefined();
  });

  it('that breaks its answer off, or never ends it: its status', async () => {
    receiver.react = () => ({ status: 503, headers: { 'content-length': '100' }, body: 'x' });
    const attempt = await send(sender(), receiver.url);
    expect(attempt).toMatchObject({ statusCode: 503, failure: { type: 'http-status' } });
    expect(attempt.durationMs).toBeGreaterThanOrEqual(999);
    receiver.react = () => ({ status: 200, headers: { connection: 'close', 'content-length': '100' }, body: 'x' });
    expect(await send(sender(), receiver.url)).toMatchObject({ statusCode: 200, failure: undefined });
  });

  it('that is busy: when to come back', async () => {
    receiver.react = () => ({ status: 429, headers: { 'retry-after': '7' } });
    expect(await send(sender(), receiver.url)).toMatchObject({ statusCode: 429, retryAfterMs: 7000 });
  });

  it('keeps its connection for the next message', async () => {
    const one = sender();
    for (let count = 0; count < 5; count += 1) expect((await send(one, receiver.url)).failure).toBeUndefined();
    // The pool may open a second one before it has seen the first idle.
    expect(receiver.connections).toBeLessThanOrEqual(2);
  });

  it('gives up at once when told to', async () => {
    receiver.react = () => 'hang';
    const abort = new AbortController();
    const patient = senderWith(['127.0.0.0/8'], () => Promise.resolve([loopback]), 60);
    const attempt = send(patient, receiver.url, abort.signal);
    await receiver.until(() => receiver.messages.length === 1, 'the message');
    abort.abort();
    expect((await attempt).durationMs).toBeLessThan(30_000);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-05T09:00:00Z');
  it.each([
    ['120', 120_000],
    ['Mon, 05 Jan 2026 09:00:30 GMT', 30_000],
    ['Mon, 05 Jan 2026 08:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('%s means %s ms', (header, expected) => {
    expect(readRetryAfter(header, now)).toBe(expected);
  });
});
