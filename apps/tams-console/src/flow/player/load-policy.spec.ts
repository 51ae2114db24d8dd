import { patient } from './load-policy';

const usual = { maxNumRetry: 2, retryDelayMs: 1000, maxRetryDelayMs: 8000 };

describe('the load policy of the player', () => {
  const { errorRetry } = patient({
    default: { maxTimeToFirstByteMs: 1, maxLoadTimeMs: 1, timeoutRetry: usual, errorRetry: usual },
  }).default;
  const isTriedAgain = (code: number, count: number, otherwise: boolean): boolean | undefined =>
    errorRetry?.shouldRetry?.(errorRetry, count, false, { url: '', code }, otherwise);

  it('waits for a server that does not answer', () => {
    expect([isTriedAgain(0, 0, false), isTriedAgain(0, 100, false), isTriedAgain(0, 600, false)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('does in all other cases what hls.js does', () => {
    expect([isTriedAgain(404, 0, false), isTriedAgain(503, 1, true), isTriedAgain(503, 2, true)]).toEqual([
      false,
      true,
      false,
    ]);
  });
});
