import { z } from 'zod';

/**
 * What the embedded object store knows about an object. It is written behind the object's bytes in the same file, so
 * that one rename makes both valid at once, and the media can still be read by ordinary tools.
 */
export interface ObjectTrailer {
  readonly objectId: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Of the bytes, hexadecimal. */
  readonly sha256: string;
}

/** The last eight bytes of every complete object file. */
const MARK = Buffer.from('TAMSobj1', 'latin1');
const LENGTH_BYTES = 4;
/** Bytes at the end of a file that surely contain its trailer: object identifiers are at most 3 KiB of UTF-8. */
export const TRAILER_WINDOW_BYTES = 16_384;

const trailerSchema = z.object({
  object_id: z.string(),
  content_type: z.string(),
  size_bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Raised when a file of the embedded object store does not end as every complete one does. */
export class ObjectFileDamagedError extends Error {
  override readonly name = 'ObjectFileDamagedError';
}

/** Layout: JSON in UTF-8, its length in bytes as a big-endian 32-bit integer, `TAMSobj1`. */
export function encodeTrailer(trailer: ObjectTrailer): Buffer {
  const json = Buffer.from(
    JSON.stringify({
      object_id: trailer.objectId,
      content_type: trailer.contentType,
      size_bytes: trailer.sizeBytes,
      sha256: trailer.sha256,
    }),
  );
  if (json.length > TRAILER_WINDOW_BYTES - LENGTH_BYTES - MARK.length) {
    throw new RangeError('The object identifier is too long for the embedded object store.');
  }
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(json.length);
  return Buffer.concat([json, length, MARK]);
}

/**
 * Reads a trailer back.
 * @param tail the last bytes of the file, {@link TRAILER_WINDOW_BYTES} or the whole of it
 * @param fileBytes size of the whole file
 * @throws {ObjectFileDamagedError}
 */
export function decodeTrailer(tail: Buffer, fileBytes: number): ObjectTrailer {
  const markAt = tail.length - MARK.length;
  const lengthAt = markAt - LENGTH_BYTES;
  if (lengthAt < 0 || !tail.subarray(markAt).equals(MARK)) throw new ObjectFileDamagedError('the file has no trailer');
  const jsonAt = lengthAt - tail.readUInt32BE(lengthAt);
  if (jsonAt < 0) throw new ObjectFileDamagedError('the trailer is longer than the file');
  const parsed = trailerSchema.safeParse(jsonOf(tail.subarray(jsonAt, lengthAt)));
  if (!parsed.success) throw new ObjectFileDamagedError('the trailer is not valid');
  const { object_id, content_type, size_bytes, sha256 } = parsed.data;
  if (size_bytes !== fileBytes - (tail.length - jsonAt))
    throw new ObjectFileDamagedError('the size does not match the trailer');
  return { objectId: object_id, contentType: content_type, sizeBytes: size_bytes, sha256 };
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
