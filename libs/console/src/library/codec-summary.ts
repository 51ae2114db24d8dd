/** What a summary is made of: the technical metadata of a Flow. */
export interface TechnicalMetadata {
  readonly format: string | null;
  readonly codec: string | null;
  readonly essence_parameters: Readonly<Record<string, unknown>> | null;
}

/** Codings by the names people use, where the subtype of their MIME type says it otherwise. */
const codecNames: Readonly<Record<string, string>> = {
  'video/h264': 'H.264',
  'video/h265': 'H.265',
  'video/hevc': 'H.265',
  'video/av1': 'AV1',
  'video/mp2v': 'MPEG-2',
  'video/mpeg': 'MPEG-2',
  'video/jxsv': 'JPEG XS',
  'video/raw': 'uncompressed',
  'audio/aac': 'AAC',
  'audio/mp4a-latm': 'AAC',
  'audio/ac3': 'AC-3',
  'audio/eac3': 'E-AC-3',
  'audio/mpeg': 'MPEG audio',
  'audio/opus': 'Opus',
  'audio/flac': 'FLAC',
  'audio/l16': 'PCM 16 bit',
  'audio/l24': 'PCM 24 bit',
  'text/vtt': 'WebVTT',
  'application/ttml+xml': 'TTML',
};

/**
 * Codec and shape of a Flow for people, for example `H.264 1920x1080 25 fps` or `AAC 2 ch 48 kHz`; the kind of content when
 * nothing else is known.
 */
export function summaryOf({ format, codec, essence_parameters: essence }: TechnicalMetadata): string {
  const kind = format?.split(':').at(-1) ?? 'media';
  const parts = [codec === null ? undefined : nameOf(codec), ...shapeOf(essence ?? {})];
  const text = parts.filter((part) => part !== undefined).join(' ');
  return text === '' ? kind : text;
}

function nameOf(codec: string): string {
  return codecNames[codec.toLowerCase()] ?? codec.split('/').at(-1) ?? codec;
}

function shapeOf(essence: Readonly<Record<string, unknown>>): (string | undefined)[] {
  const { frame_width: width, frame_height: height, frame_rate: rate, channels, sample_rate: sampleRate } = essence;
  return [
    isNumber(width) && isNumber(height) ? `${width}x${height}` : undefined,
    framesPerSecond(rate),
    isNumber(channels) ? `${channels} ch` : undefined,
    isNumber(sampleRate) ? `${rounded(sampleRate / 1000)} kHz` : undefined,
  ];
}

function framesPerSecond(rate: unknown): string | undefined {
  if (typeof rate !== 'object' || rate === null) return undefined;
  const { numerator, denominator = 1 } = rate as { numerator?: unknown; denominator?: unknown };
  if (!isNumber(numerator) || !isNumber(denominator) || denominator === 0) return undefined;
  return `${rounded(numerator / denominator)} fps`;
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
