import { CustomSource, type Source, UrlSource } from 'mediabunny';
import type { Location } from './location';

/** Bytes of remote media that are kept in case they are read again. */
const CACHE_BYTES = 32_000_000;

/**
 * Media at a URL, part by part as it is read, with the timeouts, retries and messages of everything that is downloaded. The
 * library's own source for URLs, which waits for as long as it takes, serves where a server gives no parts.
 * @throws HttpFailure where there is nothing
 */
export async function remoteSource(location: Location, signal: AbortSignal | undefined): Promise<Source> {
  const size = await location.sizeInParts(signal);
  if (size === undefined) return new UrlSource(location.address, { requestInit: { headers: location.headers } });
  return new CustomSource({
    getSize: () => size,
    read: (start, end) => location.part({ offset: start, length: end - start }, signal),
    maxCacheSize: CACHE_BYTES,
    prefetchProfile: 'network',
  });
}
