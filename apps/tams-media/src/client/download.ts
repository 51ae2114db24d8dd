import { Failure, type GetUrl } from '@tams/media';
import { bodyOf, HttpFailure, REQUEST_TIMEOUT, refused, startOfPart, unanswered, withRetries } from './http-request';
import type { TamsClient } from './tams-client';

/** A response whose body has not been read yet. */
export interface OpenDownload {
  response: Response;
  /** Which byte of the object the body starts with. */
  offset: number;
  abort: AbortController;
}

/**
 * One object to read: opened ahead of time, read later in constant memory, and continued where it stopped after a
 * passing fault (HTTP Range). Several `get_urls` are tried in turn; ones that expired are asked for anew.
 */
export class ObjectDownload {
  private urls: GetUrl[];
  private readonly opened: Promise<OpenDownload>;

  /**
   * Opens the first URL at once.
   * @param name what to call the object in messages
   * @param refresh asks the server for URLs that have not expired
   */
  constructor(
    private readonly client: TamsClient,
    private readonly name: string,
    urls: GetUrl[],
    private readonly refresh: () => Promise<GetUrl[]>,
  ) {
    this.urls = urls;
    this.opened = this.open(0);
    // Whoever reads sees the failure; a download that is never read must not end the process.
    this.opened.catch(() => undefined);
  }

  /** The bytes of the object. @throws HttpFailure when every try failed */
  async *bytes(): AsyncGenerator<Buffer> {
    let current = await this.opened;
    let position = 0;
    for (let attempt = 1; ; attempt += 1) {
      try {
        for await (const chunk of chunksOf(current, position)) {
          position += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        this.client.signal?.throwIfAborted();
        if (attempt >= this.client.retry.attempts) throw unanswered('GET', current.response.url, error);
      } finally {
        current.abort.abort();
      }
      current = await this.open(position);
    }
  }

  /** Gives the connection back without reading. */
  async cancel(): Promise<void> {
    const opened = await this.opened.catch(() => undefined);
    opened?.abort.abort();
  }

  private open(offset: number): Promise<OpenDownload> {
    return withRetries(this.client.retry, this.client.signal, async (attempt) => {
      const candidate = this.urls[(attempt - 1) % Math.max(1, this.urls.length)];
      if (!candidate) {
        throw new Failure(`${this.name} has no get_urls`, {
          next: 'The server knows no place to read this object from.',
        });
      }
      try {
        return await this.openOnce(candidate, offset);
      } catch (error) {
        if (!(error instanceof HttpFailure) || attempt >= this.client.retry.attempts) throw error;
        // Signatures expire (403 from S3), objects move (404): new URLs, and then another try.
        if (error.status !== undefined && error.status < 500) this.urls = await this.refresh();
        throw new HttpFailure(error.message, undefined, { cause: error });
      }
    });
  }

  private async openOnce(candidate: GetUrl, offset: number): Promise<OpenDownload> {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      abort.abort(new Error(`no answer within ${REQUEST_TIMEOUT / 1000} s`));
    }, REQUEST_TIMEOUT);
    try {
      const response = await fetch(candidate.url, {
        headers: {
          ...this.client.credentialsFor(candidate.url, candidate.presigned),
          ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
        },
        signal: this.client.signal ? AbortSignal.any([abort.signal, this.client.signal]) : abort.signal,
      });
      if (response.ok) return { response, offset: response.status === 206 ? startOfPart(response, offset) : 0, abort };
      throw refused('GET', candidate.url, { status: response.status, body: await response.text() });
    } catch (error) {
      this.client.signal?.throwIfAborted();
      throw error instanceof HttpFailure ? error : unanswered('GET', candidate.url, error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The body from `position` on. */
async function* chunksOf(download: OpenDownload, position: number): AsyncGenerator<Buffer> {
  let skip = position - download.offset;
  for await (const value of bodyOf(download.response, download.abort)) {
    const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength).subarray(skip);
    skip = Math.max(0, skip - value.byteLength);
    if (chunk.length > 0) yield chunk;
  }
}
