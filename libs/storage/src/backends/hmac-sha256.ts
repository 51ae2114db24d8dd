import { hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Longest message, in bytes, that is signed without allocating. */
const SCRATCH_BYTES = 4096;
/** Most bytes of UTF-8 one UTF-16 unit becomes. */
const UTF8_BYTES = 3;

/**
 * HMAC-SHA256 (RFC 2104) under one key, for the thousands of signatures a page of segments needs. The same result as
 * `createHmac('sha256', key)`, which makes a native object for each signature that the garbage collector must finalise.
 */
export class HmacSha256 {
  /** Inner padded key, and room for a message behind it. */
  private readonly inner = Buffer.alloc(BLOCK_BYTES + SCRATCH_BYTES);
  /** Outer padded key, and room for the inner digest. */
  private readonly outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
  /** The part of `inner` that was hashed last: messages of a page are nearly always equally long. */
  private padded = this.inner.subarray(0, BLOCK_BYTES);

  constructor(key: Buffer) {
    const block = Buffer.alloc(BLOCK_BYTES);
    (key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key).copy(block);
    block.forEach((byte, index) => {
      this.inner[index] = byte ^ 0x36;
      this.outer[index] = byte ^ 0x5c;
    });
  }

  /** Signs the UTF-8 of a text. */
  sign(message: string, encoding: 'base64url' | 'hex'): string {
    // The digest as a text of 32 characters: a Buffer would live outside the heap and cost as much as the hash.
    this.outer.write(hash('sha256', this.pad(message), 'binary'), BLOCK_BYTES, 'latin1');
    return hash('sha256', this.outer, encoding);
  }

  private pad(message: string): Buffer {
    if (message.length * UTF8_BYTES > SCRATCH_BYTES) {
      return Buffer.concat([this.inner.subarray(0, BLOCK_BYTES), Buffer.from(message)]);
    }
    const length = BLOCK_BYTES + this.inner.write(message, BLOCK_BYTES);
    if (this.padded.length !== length) this.padded = this.inner.subarray(0, length);
    return this.padded;
  }
}
