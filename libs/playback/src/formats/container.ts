/** How players are told what a media object is: by the ending of its address. */
interface PlayableContainer {
  readonly extension: string;
  /** Whether segments can be played only after an initialisation object (EXT-X-MAP). */
  readonly needsInit: boolean;
}

const fragmentedMp4: PlayableContainer = { extension: 'm4s', needsInit: true };

/** Containers HLS knows (RFC 8216bis, section 3.1), by the MIME type of a Flow's `container`. */
const containers: Readonly<Record<string, PlayableContainer>> = {
  'video/mp2t': { extension: 'ts', needsInit: false },
  'audio/mp2t': { extension: 'ts', needsInit: false },
  'video/mp4': fragmentedMp4,
  'audio/mp4': fragmentedMp4,
  'application/mp4': fragmentedMp4,
  'video/iso.segment': fragmentedMp4,
  'audio/iso.segment': fragmentedMp4,
  'audio/aac': { extension: 'aac', needsInit: false },
  'audio/mpeg': { extension: 'mp3', needsInit: false },
  'audio/ac3': { extension: 'ac3', needsInit: false },
  'audio/eac3': { extension: 'ec3', needsInit: false },
  'text/vtt': { extension: 'vtt', needsInit: false },
};

/** Ending of the address of an initialisation object. */
export const INIT_EXTENSION = 'mp4';

/** The container as players take it; `undefined` when they cannot. Parameters of the MIME type do not matter. */
export function playableContainer(mimeType: string | undefined): PlayableContainer | undefined {
  return mimeType === undefined ? undefined : containers[mimeType.split(';', 1)[0]?.toLowerCase() ?? ''];
}

/** Ending of the addresses of a Flow's segments. */
export function segmentExtension(mimeType: string | undefined): string {
  return playableContainer(mimeType)?.extension ?? 'bin';
}
