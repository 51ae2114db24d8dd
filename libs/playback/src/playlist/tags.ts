import { NANOSECONDS_PER_SECOND } from './entry';

/** Media type of HLS playlists (RFC 8216bis, section 4). */
export const PLAYLIST_MEDIA_TYPE = 'application/vnd.apple.mpegurl';

/** A duration in decimal seconds, exact. @param nanoseconds not negative */
export function secondsOf(nanoseconds: bigint): string {
  const fraction = String(nanoseconds % NANOSECONDS_PER_SECOND).padStart(9, '0');
  return `${nanoseconds / NANOSECONDS_PER_SECOND}.${fraction.replace(/0{0,6}$/, '')}`;
}

/** Value of an attribute: texts are quoted, enumerated words and numbers are not. */
export type AttributeValue = string | number | { readonly word: string } | undefined;

/** An attribute list (RFC 8216bis, section 4.2); attributes without a value are left out. */
export function attributesOf(attributes: Readonly<Record<string, AttributeValue>>): string {
  return Object.entries(attributes)
    .flatMap(([name, value]) => {
      if (value === undefined) return [];
      if (typeof value === 'object') return [`${name}=${value.word}`];
      return [`${name}=${typeof value === 'number' ? value : `"${quotable(value)}"`}`];
    })
    .join(',');
}

/** Quoted strings hold neither line ends nor quotation marks. */
function quotable(text: string): string {
  return text.replace(/["\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').toWellFormed();
}
