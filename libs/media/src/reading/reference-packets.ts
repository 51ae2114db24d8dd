import type { MediaTrack } from './open-media';

/** What the library keeps of a packet of MPEG-TS in order to find its place again: times and places, and its media, which it never reads. */
interface ReferencePacket {
  readonly data?: Uint8Array | undefined;
}

/** Where the library keeps it. */
export interface InsideOfTrack {
  readonly _backing?: { readonly elementaryStream?: { readonly referencePesPackets?: ReferencePacket[] } };
}

/**
 * Takes the media away from what the library keeps of the packet read last. Without this a stream that is read from end to end is
 * in memory as a whole in the end (mediabunny 1.61); `npm run test:large -- --kind ts` measures it.
 */
export function forgetMediaOfReference({ track }: Pick<MediaTrack, 'track'>): void {
  const references = (track as InsideOfTrack)._backing?.elementaryStream?.referencePesPackets;
  const last = references?.at(-1);
  if (references && last?.data !== undefined) references[references.length - 1] = { ...last, data: undefined };
}
