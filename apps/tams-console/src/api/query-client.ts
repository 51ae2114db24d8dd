import { QueryClient } from '@tanstack/react-query';
import { ProblemError } from './problem';

/** A refusal stays one however often one asks; a server that is away may come back. */
function worthRepeating(failures: number, error: Error): boolean {
  return failures < 3 && !(error instanceof ProblemError && error.status < 500);
}

/** What the pages have read, kept for a while. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 5_000, retry: worthRepeating, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
