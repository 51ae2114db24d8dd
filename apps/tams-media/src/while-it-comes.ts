/**
 * Passes on what comes, and gives up when nothing does for so long; time spent waiting for the reader does not count.
 * @param giveUp ends what the chunks come from, with the reason
 */
export async function* whileItComes<Chunk>(
  chunks: AsyncIterable<Chunk>,
  longestSilenceMs: number,
  giveUp: (reason: Error) => void,
): AsyncGenerator<Chunk> {
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    timer = setTimeout(() => {
      giveUp(new Error(`nothing came for ${longestSilenceMs / 1000} s`));
    }, longestSilenceMs);
  };
  try {
    wait();
    for await (const chunk of chunks) {
      clearTimeout(timer);
      yield chunk;
      wait();
    }
  } finally {
    clearTimeout(timer);
  }
}
