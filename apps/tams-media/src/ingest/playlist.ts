import { advice, Failure } from '@tams/media';

/** A part of a file, in bytes. */
export interface ByteRange {
  offset: number;
  length: number;
}

/** A file, or a part of one, that a playlist names. */
export interface Reference {
  /** As written; relative to the playlist. */
  uri: string;
  range?: ByteRange;
}

/** One segment of a media playlist. */
export interface ListedSegment extends Reference {
  /** Media Sequence Number (RFC 8216, 6.2.1). */
  sequence: number;
  /** Counts discontinuities: the clock starts anew where it changes. */
  discontinuity: number;
  /** Seconds according to EXTINF; the media's own times decide. */
  duration: number;
  init?: Reference;
}

/** What a media playlist lists. */
export interface MediaPlaylist {
  segments: ListedSegment[];
  /** False for a live playlist, to which more may be added. */
  ended: boolean;
  /** Seconds no segment is longer than. */
  targetDuration: number;
  /** Media Sequence Number of the first segment. */
  sequence: number;
}

/** A variant of a multivariant playlist. */
export interface Variant {
  uri: string;
  bandwidth: number;
  name: string;
  /** Group of sounds that go with it. */
  audio?: string;
}

/** A sound on its own. */
export interface AudioRendition {
  uri: string;
  group: string;
  name: string;
  language?: string;
}

/** What a multivariant playlist lists. */
export interface MultivariantPlaylist {
  variants: Variant[];
  audio: AudioRendition[];
}

/** Whether a text is a playlist at all. */
export function isPlaylist(text: string): boolean {
  return /^\uFEFF?#EXTM3U(\s|$)/.test(text);
}

/** Whether a playlist lists other playlists. */
export function isMultivariant(text: string): boolean {
  return /^#EXT-X-STREAM-INF:/m.test(text);
}

/** Reads a multivariant playlist (RFC 8216, 4.3.4). @throws Failure where it lists no variant */
export function readMultivariant(name: string, text: string): MultivariantPlaylist {
  const variants: Variant[] = [];
  const audio: AudioRendition[] = [];
  let pending: Record<string, string> | undefined;
  for (const line of linesOf(text)) {
    if (line.startsWith('#EXT-X-STREAM-INF:')) pending = attributesOf(line);
    if (line.startsWith('#EXT-X-MEDIA:')) {
      const media = attributesOf(line);
      // Without a URI the sound is inside the variant.
      if (media['TYPE'] === 'AUDIO' && media['URI']) {
        audio.push({
          uri: media['URI'],
          group: media['GROUP-ID'] ?? '',
          name: media['NAME'] ?? 'audio',
          ...(media['LANGUAGE'] ? { language: media['LANGUAGE'] } : {}),
        });
      }
    }
    if (line.startsWith('#') || !pending) continue;
    const bandwidth = Number(pending['BANDWIDTH'] ?? 0);
    variants.push({
      uri: line,
      bandwidth,
      name: pending['NAME'] ?? pending['RESOLUTION'] ?? String(bandwidth),
      ...(pending['AUDIO'] ? { audio: pending['AUDIO'] } : {}),
    });
    pending = undefined;
  }
  if (variants.length === 0) throw new Failure(`${name} lists no variants`);
  return { variants, audio };
}

/**
 * Reads an HLS media playlist (RFC 8216, 4.3.2 and 4.3.3). Segments marked as gaps are left out: the gap in time stays,
 * because times come from the media.
 * @param name what to call it in messages
 * @throws Failure where it is encrypted, lists nothing, or is no playlist
 */
export function readMediaPlaylist(name: string, text: string): MediaPlaylist {
  if (!isPlaylist(text)) {
    throw new Failure(`${name} is not an HLS playlist: its first line is not #EXTM3U`, {
      next: 'Give a .m3u8 playlist, a media file or a folder of .ts files.',
    });
  }
  const reader = new MediaPlaylistReader(name);
  for (const line of linesOf(text)) reader.read(line);
  return reader.playlist;
}

class MediaPlaylistReader {
  readonly playlist: MediaPlaylist = { segments: [], ended: false, targetDuration: 0, sequence: 0 };
  private position = 0;
  private discontinuity = 0;
  private duration = 0;
  private isGap = false;
  private init: Reference | undefined;
  private range: string | undefined;
  /** Where the last byte range ended, by file. */
  private readonly ends = new Map<string, number>();

  constructor(private readonly name: string) {}

  read(line: string): void {
    if (!line.startsWith('#')) {
      this.addSegment(line);
      return;
    }
    const [tag, value] = splitAt(line, ':');
    switch (tag) {
      case '#EXT-X-MEDIA-SEQUENCE':
        this.playlist.sequence = Number(value) || 0;
        return;
      case '#EXT-X-DISCONTINUITY-SEQUENCE':
        this.discontinuity = Number(value) || 0;
        return;
      case '#EXT-X-TARGETDURATION':
        this.playlist.targetDuration = Number(value) || 0;
        return;
      case '#EXTINF':
        this.duration = Number.parseFloat(value) || 0;
        return;
      case '#EXT-X-DISCONTINUITY':
        this.discontinuity += 1;
        return;
      case '#EXT-X-GAP':
        this.isGap = true;
        return;
      case '#EXT-X-BYTERANGE':
        this.range = value;
        return;
      case '#EXT-X-MAP':
        this.init = this.initOf(attributesOf(line));
        return;
      case '#EXT-X-KEY':
        this.refuseEncryption(attributesOf(line));
        return;
      case '#EXT-X-ENDLIST':
        this.playlist.ended = true;
    }
  }

  private addSegment(uri: string): void {
    const { segments, sequence } = this.playlist;
    const reference = this.referenceTo(uri, this.range);
    if (!this.isGap) {
      segments.push({
        ...reference,
        sequence: sequence + this.position,
        discontinuity: this.discontinuity,
        duration: this.duration,
        ...(this.init ? { init: this.init } : {}),
      });
    }
    this.position += 1;
    this.isGap = false;
    this.range = undefined;
  }

  private initOf(attributes: Record<string, string>): Reference {
    return this.referenceTo(attributes['URI'] ?? '', attributes['BYTERANGE']);
  }

  /** A range without an offset begins where the last one of the same file ended (4.3.2.2). */
  private referenceTo(uri: string, range: string | undefined): Reference {
    if (range === undefined) return { uri };
    const [length, offset] = range.split('@').map(Number);
    const start = offset ?? this.ends.get(uri) ?? 0;
    if (!Number.isSafeInteger(length) || !Number.isSafeInteger(start) || !length) {
      throw new Failure(`${this.name} has a byte range that is not one: ${range}`);
    }
    this.ends.set(uri, start + length);
    return { uri, range: { offset: start, length } };
  }

  private refuseEncryption(attributes: Record<string, string>): void {
    const method = attributes['METHOD'] ?? '';
    if (method === 'NONE') return;
    // RFC 8216, 4.3.2.4: whole segments under a plain key are what ffmpeg decrypts for whoever may read the key.
    const format = attributes['KEYFORMAT'] ?? 'identity';
    const system = format === 'identity' ? '' : `, KEYFORMAT=${format}`;
    throw new Failure(`${this.name} is encrypted (EXT-X-KEY with METHOD=${method}${system})`, {
      next: method === 'AES-128' && system === '' ? advice.decrypt : advice.clearMedia,
    });
  }
}

function linesOf(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** `NAME=value,NAME="quoted, value"` behind a tag (RFC 8216, 4.2). */
function attributesOf(line: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', quoted, plain] of line.matchAll(/[:,]\s*([A-Z0-9-]+)=(?:"([^"]*)"|([^",]*))/g)) {
    attributes[name] = quoted ?? plain ?? '';
  }
  return attributes;
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
