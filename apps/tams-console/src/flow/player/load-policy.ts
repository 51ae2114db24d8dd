import type { LoadPolicy } from 'hls.js';

/** How often what got no answer is asked for again, and how far apart, in milliseconds. */
const UNANSWERED = { times: 600, delay: 1_000 };

/**
 * A policy of hls.js that sits out a restart of the server. Left to itself hls.js takes a refused connection for the end,
 * because a page cannot tell it from a refusal by CORS.
 * @param policy what is done in all other cases
 */
export function patient({ default: policy }: LoadPolicy): LoadPolicy {
  const { errorRetry } = policy;
  if (!errorRetry) return { default: policy };
  return {
    default: {
      ...policy,
      errorRetry: {
        maxNumRetry: UNANSWERED.times,
        retryDelayMs: UNANSWERED.delay,
        maxRetryDelayMs: errorRetry.maxRetryDelayMs,
        backoff: 'linear',
        shouldRetry: (_config, count, _isTimeout, response, otherwise) =>
          response?.code === 0 ? count < UNANSWERED.times : otherwise && count < errorRetry.maxNumRetry,
      },
    },
  };
}
