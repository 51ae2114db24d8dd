import {
  ALL_FORMATS,
  EncodedPacketSink,
  Input,
  IsobmffInputFormat,
  Logging,
  LogLevel,
  MpegTsInputFormat,
  UnsupportedInputFormatError,
  type InputAudioTrack,
  type InputFormat,
  type InputVideoTrack,
  type Source,
} from 'mediabunny';
import { Failure, reasonOf, UnknownMediaFailure } from '../failure';
import { advice } from './advice';
import { ROLLOVER_TICKS, TICKS_PER_SECOND } from '../media-time';
import { describeTrack, type TrackDescription } from './track-description';

// What the library would print is told as a Failure or a warning instead.
Logging.level = LogLevel.Silent;

/** A track that can be read. */
export interface MediaTrack {
  track: InputVideoTrack | InputAudioTrack;
  description: TrackDescription;
  /** What its times are whole multiples of; for sound the sample rate. */
  ticksPerSecond: number;
  /** Zero-based place among all tracks, and among those of its kind (schema `container-mapping`). */
  index: number;
  formatIndex: number;
  /** Whether packets last until the next one, a jump of the clock included: the container does not say how long. */
  isTimedByNext: boolean;
  /** Brings a time of this track to the same turn of the 33-bit clock as the first picture's. */
  onOneTurn: (seconds: number) => number;
}

/** Opened media; `dispose` closes the file. */
export interface OpenMedia {
  name: string;
  input: Input;
  tracks: MediaTrack[];
  format: InputFormat;
  /** Whether times below zero are those an edit list hides. */
  hasEditLists: boolean;
  isTransportStream: boolean;
  /** Of tracks whose coding is not read. */
  unread: string[];
  warnings: string[];
  dispose: () => void;
}

const READABLE =
  'MP4, MOV, fragmented MP4, Matroska, WebM, MPEG-TS, WAV, FLAC, MP3, AAC (ADTS), Ogg or an HLS playlist';

/**
 * Opens media of any format that mediabunny reads and describes its tracks.
 * @param init media whose initialisation this needs: an initialisation segment, or an earlier part of the same stream
 * @throws Failure where it cannot be read or holds neither picture nor sound
 */
export async function openMedia(name: string, source: Source, init?: Input): Promise<OpenMedia> {
  const input = new Input({ source, formats: ALL_FORMATS, ...(init ? { initInput: init } : {}) });
  try {
    const format = await input.getFormat();
    const { tracks, unread, warnings } = await readTracks(name, input);
    if (tracks.length === 0) throw await nothingToRead(name, input, format);
    return {
      name,
      input,
      tracks,
      format,
      hasEditLists: format instanceof IsobmffInputFormat,
      isTransportStream: format instanceof MpegTsInputFormat,
      unread,
      warnings,
      dispose: () => {
        input.dispose();
      },
    };
  } catch (error) {
    input.dispose();
    throw unreadable(name, error);
  }
}

/** What the library says where media is not as it must be, and it does not know why. */
const LIBRARY_DOUBTS = 'Assertion failed.';

/** A failure of reading media as a person should see it. */
export function unreadable(name: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof UnsupportedInputFormatError) {
    return new UnknownMediaFailure(`${name} is not media that can be read here: ${READABLE}`, {
      next: advice.convert,
      cause: error,
    });
  }
  if (reasonOf(error).includes('channel configuration 0')) {
    return new UnknownMediaFailure(
      `${name} says only inside its sound which channels it has (PCE), which is not read from ADTS`,
      {
        next: advice.rewrap,
        cause: error,
      },
    );
  }
  const reason = reasonOf(error);
  const message =
    reason === LIBRARY_DOUBTS
      ? `${name} is damaged, cut short or encrypted: its parts do not fit together`
      : `${name} is damaged or cut short: ${reason}`;
  return new Failure(message, { next: advice.save, cause: error });
}

async function readTracks(name: string, input: Input): Promise<Pick<OpenMedia, 'tracks' | 'unread' | 'warnings'>> {
  const tracks: MediaTrack[] = [];
  const unread: string[] = [];
  const warnings: string[] = [];
  const counts = { video: 0, audio: 0 };
  const onOneTurn = await turnKeeper(input);
  const isTimedByNext = (await input.getFormat()) instanceof MpegTsInputFormat;
  for (const [index, track] of (await input.getTracks()).entries()) {
    if (!track.isVideoTrack() && !track.isAudioTrack()) continue;
    const kind = track.isVideoTrack() ? 'video' : 'audio';
    const formatIndex = counts[kind];
    counts[kind] += 1;
    if (ENCRYPTED.includes(await track.getInternalCodecId())) {
      throw new Failure(`${name} is encrypted (Common Encryption)`, { next: advice.decryptFile });
    }
    const codec = await track.getCodec();
    const described = codec === null || !(await hasPackets(track)) ? undefined : await describeTrack(track, codec);
    if (!described) {
      if (codec === null) unread.push(`${name}: the ${kind} track ${index + 1} has a coding that is not read`);
      else warnings.push(`${name}: the ${kind} track ${index + 1} is empty`);
      continue;
    }
    const ticksPerSecond = described.kind === 'audio' ? described.sampleRate : await timeBaseOf(track);
    tracks.push({ track, description: described, ticksPerSecond, isTimedByNext, index, formatIndex, onOneTurn });
  }
  return { tracks, unread, warnings };
}

/** What stands in the place of a coding where samples are encrypted (ISO/IEC 14496-12, 8.12). */
const ENCRYPTED: readonly unknown[] = ['encv', 'enca'];

const ROLLOVER_SECONDS = ROLLOVER_TICKS / TICKS_PER_SECOND;

/** The library follows the clock from the first time it meets; sound that begins just before the turn it leaves a turn ahead. */
async function turnKeeper(input: Input): Promise<(seconds: number) => number> {
  const [lead] = [...(await input.getVideoTracks()), ...(await input.getAudioTracks())];
  if (!lead || !((await input.getFormat()) instanceof MpegTsInputFormat)) return (seconds) => seconds;
  const packet = await new EncodedPacketSink(lead).getFirstPacket({ metadataOnly: true });
  const anchor = packet?.timestamp ?? 0;
  return (seconds) => seconds - Math.round((seconds - anchor) / ROLLOVER_SECONDS) * ROLLOVER_SECONDS;
}

async function hasPackets(track: InputVideoTrack | InputAudioTrack): Promise<boolean> {
  return (await new EncodedPacketSink(track).getFirstPacket({ metadataOnly: true })) !== null;
}

/** The largest time base that the packer can write. */
const FINEST_TIME_BASE = 1_000_000;

async function timeBaseOf(track: InputVideoTrack | InputAudioTrack): Promise<number> {
  const resolution = await track.getTimeResolution();
  if (!Number.isInteger(resolution)) return TICKS_PER_SECOND;
  return Math.min(resolution, FINEST_TIME_BASE);
}

async function nothingToRead(name: string, input: Input, format: InputFormat): Promise<Failure> {
  if (format instanceof IsobmffInputFormat && (await input.getTracks()).length === 0) {
    return new Failure(`${name} has no index of its media (moov): it is cut short, because cameras write that last`, {
      next: 'Copy the file again: without its index nothing of it can be read.',
    });
  }
  return new UnknownMediaFailure(`${name} holds neither picture nor sound that can be read`, {
    next: advice.encodePicture,
  });
}
