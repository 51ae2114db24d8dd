/** Technical metadata of a Flow, as far as players are told of it. All of it was given by a client and may be absent. */
export interface EssenceParameters {
  readonly frame_width?: number;
  readonly frame_height?: number;
  readonly frame_rate?: { readonly numerator: number; readonly denominator?: number };
  readonly bit_depth?: number;
  readonly transfer_characteristic?: string;
  readonly avc_parameters?: { readonly profile: number; readonly flags: number; readonly level: number };
  readonly channels?: number;
  readonly codec_parameters?: { readonly mp4_oti?: number };
  readonly init_segments?: boolean;
}

type CodecWriter = (essence: EssenceParameters) => string;

const two = (value: number): string => (value & 0xff).toString(16).padStart(2, '0');

/** Pictures larger than 1080p need a higher level; 64 luma samples a macroblock row do not matter here. */
function isLarge({ frame_width: width = 1920, frame_height: height = 1080 }: EssenceParameters): boolean {
  return width * height > 1920 * 1088;
}

/** RFC 6381 names of the codecs that players of HLS know, by the MIME type of a Flow's `codec`. */
const writers: Readonly<Record<string, CodecWriter>> = {
  'video/h264': avc,
  'video/avc': avc,
  'video/h265': hevc,
  'video/hevc': hevc,
  'video/av1': (essence) => (isLarge(essence) ? 'av01.0.12M.08' : 'av01.0.09M.08'),
  'video/vp9': (essence) => (isLarge(essence) ? 'vp09.00.51.08' : 'vp09.00.41.08'),
  'audio/aac': ({ codec_parameters: parameters }) => `mp4a.40.${aacObjectType(parameters?.mp4_oti)}`,
  'audio/mp4a-latm': () => 'mp4a.40.2',
  'audio/ac3': () => 'ac-3',
  'audio/ac-3': () => 'ac-3',
  'audio/eac3': () => 'ec-3',
  'audio/eac-3': () => 'ec-3',
  'audio/mpeg': () => 'mp4a.40.34',
  'audio/mp3': () => 'mp4a.40.34',
  'audio/opus': () => 'Opus',
  'audio/flac': () => 'fLaC',
  'text/vtt': () => 'wvtt',
  'application/ttml+xml': () => 'stpp.ttml.im1t',
};

/** What the metadata does not say is told as the commonest there is: players only ask whether they could decode it. */
function avc(essence: EssenceParameters): string {
  const parameters = essence.avc_parameters;
  if (parameters) return `avc1.${two(parameters.profile)}${two(parameters.flags)}${two(parameters.level)}`;
  const level = isLarge(essence) ? '33' : '28';
  return (essence.bit_depth ?? 8) > 8 ? `avc1.6e00${level}` : `avc1.6400${level}`;
}

function hevc(essence: EssenceParameters): string {
  const level = isLarge(essence) ? 153 : 123;
  return (essence.bit_depth ?? 8) > 8 ? `hvc1.2.4.L${level}.B0` : `hvc1.1.6.L${level}.B0`;
}

/** MPEG-4 audio object types: 2 is AAC-LC, 5 HE-AAC, 29 HE-AAC v2. */
function aacObjectType(type: number | undefined): number {
  return type === 5 || type === 29 ? type : 2;
}

/** What a Flow's codec is called in CODECS; `undefined` for codecs that players of HLS do not know. */
export function codecString(mimeType: string | undefined, essence: EssenceParameters): string | undefined {
  return mimeType === undefined ? undefined : writers[mimeType.split(';', 1)[0]?.toLowerCase() ?? '']?.(essence);
}
