import { INIT_EXTENSION } from '../formats/container';

/** What an entry below `output/` stands for: the segment that ends there, an initialisation object, or a gap. */
export type NamedEntry =
  | { readonly kind: 'segment'; readonly end: bigint }
  | { readonly kind: 'init'; readonly objectId: string }
  | { readonly kind: 'gap' };

const GAP = 'gap';

/** Last part of the address of a segment. Its end names it within its Flow; the ending tells players what it is. */
export function segmentName(end: bigint, extension: string): string {
  return `${end}.${extension}`;
}

/** Last part of the address of an initialisation object, whatever its identifier. */
export function initName(objectId: string): string {
  return `init-${Buffer.from(objectId).toString('base64url')}.${INIT_EXTENSION}`;
}

/** Last part of the address of every entry that is a gap. */
export function gapName(extension: string): string {
  return `${GAP}.${extension}`;
}

/** Reads a name that has the form `entryName` demands; `undefined` when nothing can be so called. */
export function namedEntry(name: string): NamedEntry | undefined {
  const stem = name.slice(0, name.lastIndexOf('.'));
  if (stem === GAP) return { kind: 'gap' };
  if (stem.startsWith('init-')) {
    const objectId = Buffer.from(stem.slice('init-'.length), 'base64url').toString('utf8');
    return objectId.includes('\0') ? undefined : { kind: 'init', objectId };
  }
  const end = BigInt(stem);
  return BigInt.asIntN(64, end) === end ? { kind: 'segment', end } : undefined;
}
