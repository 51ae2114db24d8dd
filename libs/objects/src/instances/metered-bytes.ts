import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import type { KnownBytes } from './instance.repository';

/** The bytes are not those of the object's other instances. */
export class BytesDifferError extends Error {
  override readonly name = 'BytesDifferError';
}

/**
 * Passes bytes on while counting and hashing them, and fails at their end, before the receiver could take them for
 * complete, when they are not the bytes expected. Holds one chunk at a time; a slow receiver slows the sender.
 */
export class MeteredBytes extends Transform {
  private readonly hash = createHash('sha256');
  /** Bytes so far. */
  count = 0;
  private digest: string | undefined;

  /**
   * @param expected what is known of the object already
   * @param mostBytes where it fails at once
   */
  constructor(
    private readonly expected: Partial<KnownBytes>,
    private readonly mostBytes = Infinity,
  ) {
    super();
  }

  /** What came through. @throws {Error} before the end */
  get bytes(): Required<KnownBytes> & { readonly sha256: string } {
    if (this.digest === undefined) throw new Error('The bytes are not complete yet.');
    return { sizeBytes: this.count, sha256: this.digest };
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.count += chunk.byteLength;
    if (this.count > this.mostBytes) {
      done(new BytesDifferError(`there are more than ${this.mostBytes} bytes (COPY_SOURCE_MAX_BYTES)`));
      return;
    }
    this.hash.update(chunk);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    this.digest = this.hash.digest('hex');
    try {
      requireSameBytes(this.bytes, this.expected);
      done();
    } catch (error) {
      done(error as Error);
    }
  }
}

/** @throws {BytesDifferError} when size or hash, as far as both sides know them, differ */
export function requireSameBytes(found: Partial<KnownBytes>, expected: Partial<KnownBytes>): void {
  for (const property of ['sizeBytes', 'sha256'] as const) {
    const [is, should] = [found[property], expected[property]];
    if (is === undefined || should === undefined || is === should) continue;
    throw new BytesDifferError(`${property} is ${is}, but the object's is ${should}`);
  }
}
