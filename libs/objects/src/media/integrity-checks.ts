import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { BadRequestError } from '@tams/platform';

/** One checksum a client sent with its upload. */
interface Check {
  /** Header and algorithm, for the error. */
  readonly name: string;
  /** Base64. */
  readonly expected: string;
  readonly digest: Digest;
}

interface Digest {
  update(bytes: Uint8Array): void;
  /** Base64. */
  result(): string;
}

/** The bytes that arrived are not those the client sent (400); nothing was stored. */
export class ChecksumMismatchError extends BadRequestError {
  constructor(name: string, expected: string, actual: string) {
    super(
      'checksum-mismatch',
      `The bytes received do not have the checksum of ${name}: it says ${expected}, they have ${actual}. Upload again.`,
    );
  }
}

const hashed = (algorithm: string) => (): Digest => {
  const hash = createHash(algorithm);
  return {
    update: (bytes) => void hash.update(bytes),
    result: () => hash.digest('base64'),
  };
};

function cyclicRedundancy32(): Digest {
  let value = 0;
  return {
    update: (bytes) => {
      value = crc32(bytes, value);
    },
    result: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
}

/** Algorithms of `Content-Digest` and `Repr-Digest` (RFC 9530). */
const digestAlgorithms: Readonly<Record<string, () => Digest>> = {
  'sha-256': hashed('sha256'),
  'sha-512': hashed('sha512'),
  sha: hashed('sha1'),
  md5: hashed('md5'),
};

/** Headers that carry one checksum in base64: RFC 1864 and what S3 clients send. */
const checksumHeaders: Readonly<Record<string, () => Digest>> = {
  'content-md5': hashed('md5'),
  'x-amz-checksum-sha256': hashed('sha256'),
  'x-amz-checksum-sha1': hashed('sha1'),
  'x-amz-checksum-crc32': cyclicRedundancy32,
};

/**
 * The checksums a client sends along with an upload, computed while the bytes pass (ADR 0048 of the specification).
 * Algorithms this server does not know are not checked.
 */
export class IntegrityChecks {
  private constructor(private readonly checks: readonly Check[]) {}

  /** @throws {BadRequestError} `checksum-malformed` */
  static from(headers: IncomingHttpHeaders): IntegrityChecks {
    const plain = Object.entries(checksumHeaders).flatMap(([name, digest]): Check[] => {
      const value = textOf(headers[name]);
      return value === undefined ? [] : [{ name, expected: base64Of(name, value), digest: digest() }];
    });
    return new IntegrityChecks([
      ...plain,
      ...digestFieldOf('content-digest', headers),
      ...digestFieldOf('repr-digest', headers),
    ]);
  }

  update(bytes: Uint8Array): void {
    for (const { digest } of this.checks) digest.update(bytes);
  }

  /** Call once, after the last byte. @throws {ChecksumMismatchError} */
  verify(): void {
    for (const { name, expected, digest } of this.checks) {
      const actual = digest.result();
      if (actual !== expected) throw new ChecksumMismatchError(name, expected, actual);
    }
  }
}

function digestFieldOf(name: string, headers: IncomingHttpHeaders): Check[] {
  const field = textOf(headers[name]);
  if (field === undefined) return [];
  return field.split(',').flatMap((member): Check[] => {
    const [, algorithm, value] = /^\s*([a-z0-9*_.-]+)=:([A-Za-z0-9+/=]*):\s*$/.exec(member) ?? [];
    if (algorithm === undefined || value === undefined) throw malformed(name);
    const digest = Object.hasOwn(digestAlgorithms, algorithm) ? digestAlgorithms[algorithm] : undefined;
    return digest ? [{ name: `${name} (${algorithm})`, expected: value, digest: digest() }] : [];
  });
}

function base64Of(name: string, value: string): string {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) throw malformed(name);
  return value;
}

function malformed(name: string): BadRequestError {
  return new BadRequestError(
    'checksum-malformed',
    `The header ${name} is not a checksum in base64 as its standard writes it.`,
  );
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
