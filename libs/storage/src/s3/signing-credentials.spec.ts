import { type ExpiringKeys, SigningCredentials } from './signing-credentials';

const MINUTE = 60_000;
const VALIDITY_SECONDS = 600;
const start = new Date('2026-11-22T12:00:00Z').getTime();

let opened: SigningCredentials | undefined;

beforeEach(() => {
  jest.useFakeTimers({ now: start });
});

afterEach(() => {
  opened?.stop();
  jest.useRealTimers();
});

function keys(name: string, minutes?: number): ExpiringKeys {
  const expiration = minutes === undefined ? undefined : new Date(Date.now() + minutes * MINUTE);
  return { accessKeyId: name, secretAccessKey: 'secret', expiration };
}

/** Credentials from a list of answers, of which the last is repeated. */
async function credentialsFrom(
  answers: readonly (() => ExpiringKeys)[],
): Promise<{ credentials: SigningCredentials; asked: () => number; failures: unknown[] }> {
  let asked = 0;
  const failures: unknown[] = [];
  const load = (): Promise<ExpiringKeys> => {
    const answer = answers[Math.min(asked, answers.length - 1)]!;
    asked += 1;
    return Promise.resolve().then(answer);
  };
  const credentials = new SigningCredentials(load, VALIDITY_SECONDS, (error) => failures.push(error));
  opened = credentials;
  await credentials.start();
  return { credentials, asked: () => asked, failures };
}

const broken = (): never => {
  throw new Error('no route to the metadata service');
};

it('asks once for keys that last', async () => {
  const { credentials, asked } = await credentialsFrom([() => keys('lasting')]);
  await jest.advanceTimersByTimeAsync(48 * 60 * MINUTE);
  expect([credentials.current()?.accessKeyId, asked()]).toEqual(['lasting', 1]);
});

it('renews temporary keys before URLs signed with them could end too early', async () => {
  const { credentials, asked } = await credentialsFrom([() => keys('first', 60), () => keys('second', 60)]);
  await jest.advanceTimersByTimeAsync(48 * MINUTE);
  expect([credentials.current()?.accessKeyId, asked()]).toEqual(['first', 1]);
  // A URL of 10 minutes, and a minute to spare, before the hour is over.
  await jest.advanceTimersByTimeAsync(1 * MINUTE);
  expect([credentials.current()?.accessKeyId, asked()]).toEqual(['second', 2]);
  await jest.advanceTimersByTimeAsync(49 * MINUTE);
  expect(asked()).toBe(3);
});

it('keeps the old keys while they hold and tries again when renewing fails', async () => {
  const { credentials, failures } = await credentialsFrom([
    () => keys('first', 60),
    broken,
    broken,
    () => keys('third', 60),
  ]);
  await jest.advanceTimersByTimeAsync(49 * MINUTE);
  expect([credentials.current()?.accessKeyId, failures.length]).toEqual(['first', 1]);
  await jest.advanceTimersByTimeAsync(30_000);
  expect([credentials.current()?.accessKeyId, failures.length]).toEqual(['third', 2]);
});

it('has none once the last ones have ended', async () => {
  const { credentials } = await credentialsFrom([() => keys('first', 20), broken]);
  await jest.advanceTimersByTimeAsync(19 * MINUTE);
  expect(credentials.current()?.accessKeyId).toBe('first');
  await jest.advanceTimersByTimeAsync(1 * MINUTE);
  expect(credentials.current()).toBeUndefined();
});

it('starts without keys and gets them later', async () => {
  const { credentials, failures } = await credentialsFrom([broken, () => keys('late')]);
  expect([credentials.current(), failures.length]).toEqual([undefined, 1]);
  await jest.advanceTimersByTimeAsync(15_000);
  expect(credentials.current()?.accessKeyId).toBe('late');
});

it('does not ask all the time for keys that end sooner than a URL', async () => {
  const { asked } = await credentialsFrom([() => keys('short', 5)]);
  await jest.advanceTimersByTimeAsync(1 * MINUTE);
  expect(asked()).toBe(5);
});

it('asks no more once it is stopped', async () => {
  const { credentials, asked } = await credentialsFrom([() => keys('first', 60)]);
  credentials.stop();
  await jest.advanceTimersByTimeAsync(120 * MINUTE);
  expect(asked()).toBe(1);
});
