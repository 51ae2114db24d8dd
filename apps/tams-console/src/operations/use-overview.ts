import { useQueryClient } from '@tanstack/react-query';
import { createParser } from 'eventsource-parser';
import { useEffect, useState } from 'react';
import { send } from '../api/client';
import { pause } from '../api/pause';
import { ProblemError } from '../api/problem';
import { apiAddress } from '../session/settings';
import type { Overview } from './models';

/** Pause before a stream that ended is opened again, in milliseconds. */
const AGAIN = 2_000;

/** What the server said last, and why it says nothing now. */
export interface Watched {
  readonly overview: Overview | undefined;
  readonly error: unknown;
}

/** Follows how the server is by its stream, over ends of it and absences of the server, as long as somebody looks. */
export function useOverview(): Watched {
  const [watched, setWatched] = useState<Watched>({ overview: undefined, error: undefined });
  const client = useQueryClient();
  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    const show = (overview: Overview): void => {
      setWatched({ overview, error: undefined });
      void client.invalidateQueries({ queryKey: ['insight'] });
    };
    const fail = (error: unknown): void => {
      setWatched(({ overview }) => ({ overview, error }));
    };
    void follow(show, fail, signal);
    return () => {
      ended.abort();
    };
  }, [client]);
  return watched;
}

/** Reads one stream after the other until nobody wants it any more, or a refusal says that it is of no use. */
async function follow(
  show: (overview: Overview) => void,
  fail: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const error = await readOnce(show, signal).catch((reason: unknown) => reason);
    if (signal.aborted) return;
    if (error !== undefined) fail(error);
    if (error instanceof ProblemError && error.status < 500) return;
    await pause(AGAIN, signal);
  }
}

async function readOnce(show: (overview: Overview) => void, signal: AbortSignal): Promise<void> {
  const answer = await send(
    new Request(`${apiAddress}/insight/stream`, { headers: { Accept: 'text/event-stream' }, signal }),
  );
  if (!answer.body) return;
  const parser = createParser({
    onEvent: ({ data }) => {
      show(JSON.parse(data) as Overview);
    },
  });
  for await (const text of answer.body.pipeThrough(new TextDecoderStream())) parser.feed(text);
}
