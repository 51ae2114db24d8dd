import { codecString, type EssenceParameters } from '../formats/codec';
import { attributesOf } from './tags';

/** One EXT-X-STREAM-INF. */
export interface Variant {
  /** Bits per second. */
  readonly peakBitRate: number;
  readonly averageBitRate: number;
  /** Codecs of everything that is played together; empty when not all are known. */
  readonly codecs: readonly string[];
  readonly video: EssenceParameters | undefined;
  readonly address: string;
}

/** One EXT-X-MEDIA. */
export interface Rendition {
  readonly type: 'AUDIO' | 'SUBTITLES';
  readonly name: string;
  readonly language: string | undefined;
  readonly channels: number | undefined;
  readonly isDefault: boolean;
  readonly address: string;
}

const GROUPS = { AUDIO: 'audio', SUBTITLES: 'subtitles' } as const;
const VERSION = 8;

/** Writes a multivariant playlist (RFC 8216bis, section 4.4.6). */
export function multivariantPlaylistText(variants: readonly Variant[], renditions: readonly Rendition[]): string {
  const has = (type: Rendition['type']): boolean => renditions.some((rendition) => rendition.type === type);
  const groups = {
    AUDIO: has('AUDIO') ? GROUPS.AUDIO : undefined,
    SUBTITLES: has('SUBTITLES') ? GROUPS.SUBTITLES : undefined,
  };
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${VERSION}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
    ...renditions.map(mediaLine),
    ...variants.flatMap((variant) => [streamLine(variant, groups), variant.address]),
  ];
  return `${lines.join('\n')}\n`;
}

function mediaLine({ type, name, language, channels, isDefault, address }: Rendition): string {
  const attributes = attributesOf({
    TYPE: { word: type },
    'GROUP-ID': GROUPS[type],
    NAME: name,
    LANGUAGE: language,
    DEFAULT: { word: isDefault ? 'YES' : 'NO' },
    AUTOSELECT: { word: 'YES' },
    CHANNELS: channels === undefined ? undefined : String(channels),
    URI: address,
  });
  return `#EXT-X-MEDIA:${attributes}`;
}

function streamLine(
  { peakBitRate, averageBitRate, codecs, video }: Variant,
  groups: Readonly<Record<Rendition['type'], string | undefined>>,
): string {
  const { frame_width: width, frame_height: height, frame_rate: rate } = video ?? {};
  const attributes = attributesOf({
    BANDWIDTH: Math.ceil(peakBitRate),
    'AVERAGE-BANDWIDTH': Math.ceil(averageBitRate),
    CODECS: codecs.length > 0 ? codecs.join(',') : undefined,
    RESOLUTION: width && height ? { word: `${width}x${height}` } : undefined,
    'FRAME-RATE': rate ? { word: (rate.numerator / (rate.denominator ?? 1)).toFixed(3) } : undefined,
    'VIDEO-RANGE': rangeOf(video),
    ...groups,
  });
  return `#EXT-X-STREAM-INF:${attributes}`;
}

function rangeOf(video: EssenceParameters | undefined): { readonly word: string } | undefined {
  const characteristic = video?.transfer_characteristic;
  return characteristic === undefined ? undefined : { word: characteristic };
}

/** CODECS of Flows that are played together; none when one of them has no name, because half a list misleads. */
export function codecsOf(
  flows: readonly { readonly codec: string | undefined; readonly essence: EssenceParameters }[],
): string[] {
  const names = flows.map(({ codec, essence }) => codecString(codec, essence));
  return names.includes(undefined) ? [] : [...new Set(names.filter((name) => name !== undefined))];
}
