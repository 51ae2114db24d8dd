import { createReadStream } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { HttpFailure, REQUEST_TIMEOUT, refused, unanswered, withRetries } from './http-request';
import type { TamsClient } from './tams-client';
import type { MediaObject } from '@tams/media';

/** Bytes to upload: in memory, or a part of a file. */
export type UploadContent =
  { readonly bytes: Uint8Array } | { readonly path: string; readonly offset: number; readonly size: number };

const CHUNK_BYTES = 256 * 1024;

/**
 * Uploads bytes to their `put_url` in constant memory, with its length told beforehand (S3 refuses chunked uploads),
 * again after a passing fault.
 * @param onBytes told how many bytes went out since the last call; negative when an attempt starts anew
 */
export async function uploadObject(
  client: TamsClient,
  object: MediaObject,
  content: UploadContent,
  onBytes: (bytes: number) => void,
): Promise<void> {
  let sent = 0;
  await withRetries(client.retry, client.signal, async () => {
    onBytes(-sent);
    sent = 0;
    await putOnce(client, object, content, (bytes) => {
      sent += bytes;
      onBytes(bytes);
    });
  });
}

/**
 * One PUT by node:http. Node's `fetch` (24.21) would do, but it holds the whole file in memory: 2 GiB sent grew the process
 * to 2.2 GB and took four times as long, whereas this stays at 90 MB.
 */
async function putOnce(
  client: TamsClient,
  object: MediaObject,
  content: UploadContent,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { url } = object.put_url;
  const contentType = object.put_url['content-type'];
  const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, {
    method: 'PUT',
    headers: {
      ...client.credentialsFor(url, object.presigned),
      ...object.put_url.headers,
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      'content-length': 'bytes' in content ? content.bytes.byteLength : content.size,
    },
    timeout: REQUEST_TIMEOUT,
    ...(client.signal ? { signal: client.signal } : {}),
  });
  request.on('timeout', () => request.destroy(new Error(`nothing moved for ${REQUEST_TIMEOUT / 1000} s`)));
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve).on('error', reject);
  });
  const body = bodyOf(content);
  const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      onBytes(chunk.length);
      yield chunk;
    }
  };
  try {
    // A server that refuses early answers before the body is through and may then close: its answer counts, not the closing.
    const [response] = await Promise.all([answered, Promise.race([pipeline(body, counted, request), answered])]);
    const answer = { status: response.statusCode ?? 0, body: await text(response) };
    if (answer.status < 200 || answer.status >= 300) throw refused('PUT', url, answer);
  } catch (error) {
    client.signal?.throwIfAborted();
    throw error instanceof HttpFailure ? error : unanswered('PUT', url, error);
  } finally {
    body.destroy();
  }
}

function bodyOf(content: UploadContent): Readable {
  if ('bytes' in content) return Readable.from(chunksOf(content.bytes));
  const { path, offset, size } = content;
  if (size === 0) return Readable.from([]);
  return createReadStream(path, { start: offset, end: offset + size - 1, highWaterMark: CHUNK_BYTES });
}

function* chunksOf(bytes: Uint8Array): Generator<Buffer> {
  for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES) {
    yield Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(CHUNK_BYTES, bytes.byteLength - at));
  }
}
