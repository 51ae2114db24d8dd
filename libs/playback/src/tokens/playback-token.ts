import { createHmac, timingSafeEqual } from 'node:crypto';

/** Beginning of every token, for scanners of leaked secrets and for our own logs, which leave it out. */
const PREFIX = 'tams_play_';
const ID_BYTES = 16;
const SIGNATURE_BYTES = 16;

/** Tokens as text: the id of a row, and a signature, so that nobody asks the database for what we never issued. */
export class PlaybackTokenCodec {
  /** @param key shared by all replicas */
  constructor(private readonly key: Buffer) {}

  /** @param id a UUID */
  encode(id: string): string {
    const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
    return PREFIX + Buffer.concat([bytes, this.signature(bytes)]).toString('base64url');
  }

  /** @returns the id; `undefined` when this is no token of ours */
  decode(token: string): string | undefined {
    if (!token.startsWith(PREFIX)) return undefined;
    const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
    if (bytes.length !== ID_BYTES + SIGNATURE_BYTES) return undefined;
    const id = bytes.subarray(0, ID_BYTES);
    if (!timingSafeEqual(bytes.subarray(ID_BYTES), this.signature(id))) return undefined;
    return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  private signature(id: Buffer): Buffer {
    return createHmac('sha256', this.key).update(id).digest().subarray(0, SIGNATURE_BYTES);
  }
}
