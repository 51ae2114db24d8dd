/** A checksum that the bytes of an upload must have (application note 0021 of the specification). */
export interface UploadChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. */
  readonly checksum: string;
}

/** Algorithms a client may announce a checksum in, by the header that carries it and the bytes a checksum has. */
export const checksumAlgorithms = {
  'SHA-256': { header: 'x-amz-checksum-sha256', bytes: 32 },
  'SHA-1': { header: 'x-amz-checksum-sha1', bytes: 20 },
  CRC32: { header: 'x-amz-checksum-crc32', bytes: 4 },
  MD5: { header: 'content-md5', bytes: 16 },
} as const;

/** Name of an algorithm, as application note 0021 writes them. */
export type ChecksumAlgorithm = keyof typeof checksumAlgorithms;

/** The header an upload carries its checksum in: those of S3, for every kind of backend, so that clients know one way. */
export function checksumHeaderOf({ algorithm, checksum }: UploadChecksum): readonly [name: string, value: string] {
  return [checksumAlgorithms[algorithm].header, checksum];
}

/** `put_url.headers` of an upload with a checksum; nothing without one. */
export function checksumHeaders(checksum: UploadChecksum | undefined): { headers?: Readonly<Record<string, string>> } {
  return checksum ? { headers: Object.fromEntries([checksumHeaderOf(checksum)]) } : {};
}
