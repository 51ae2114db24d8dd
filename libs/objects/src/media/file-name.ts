import { TAI_AHEAD_OF_UTC_NANOSECONDS } from '@tams/timing';

/** What a file of media is named by. */
export interface MediaDescription {
  readonly objectId: string;
  /** Of the Flow that it was registered for; null where there is none, or nobody may know it. */
  readonly label: string | null;
  readonly role: 'media' | 'init' | null;
  /** Where it begins on its own timeline, in nanoseconds; null for what is no media. */
  readonly start: bigint | null;
  /** The type it is stored with. */
  readonly contentType: string;
}

/** Extensions of the containers that Flows have, by media type without parameters. */
const extensions: Readonly<Record<string, string>> = {
  'application/json': 'json',
  'application/mp4': 'mp4',
  'application/mxf': 'mxf',
  'application/ttml+xml': 'ttml',
  'audio/aac': 'aac',
  'audio/flac': 'flac',
  'audio/matroska': 'mka',
  'audio/mp4': 'm4a',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'audio/vnd.wave': 'wav',
  'audio/wav': 'wav',
  'audio/x-matroska': 'mka',
  'audio/x-wav': 'wav',
  'image/jpeg': 'jpg',
  'image/jp2': 'jp2',
  'image/png': 'png',
  'image/tiff': 'tiff',
  'image/webp': 'webp',
  'text/plain': 'txt',
  'text/vtt': 'vtt',
  'video/iso.segment': 'm4s',
  'video/matroska': 'mkv',
  'video/mp2t': 'ts',
  'video/mp4': 'mp4',
  'video/mpeg': 'mpg',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'video/x-matroska': 'mkv',
};

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
/** Timelines that begin later count the time of day (TAI), others from where their media begins. */
const FIRST_TIME_OF_DAY_MS = Date.UTC(2000, 0, 1);
/** Nobody names a file by the second of a recording from before 2017. */
const TAI_AHEAD_OF_UTC_MS = Number(TAI_AHEAD_OF_UTC_NANOSECONDS / NANOSECONDS_PER_MILLISECOND);
/** What file systems refuse in a name, or take for a path. */
const UNFIT = /[\p{Cc}\p{Cf}"*/:<>?\\|]+/gu;
const LONGEST_LABEL = 100;

/** The usual extension of a media type, dot included; empty where there is none. */
export function extensionOf(contentType: string): string {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return Object.hasOwn(extensions, type) ? `.${extensions[type] ?? ''}` : '';
}

/**
 * `Content-Disposition` of media (RFC 6266): shown in place, and saved under the label of its Flow, the time it begins at and
 * the extension of its container, as in `News 2026-11-29T21-46-01.040Z.ts`.
 */
export function contentDispositionOf(media: MediaDescription): string {
  const name = fileNameOf(media);
  const plain = name.replaceAll(/[^ -~]|%/g, '_');
  const extended = plain === name ? '' : `; filename*=UTF-8''${encoded(name)}`;
  return `inline; filename="${plain}"${extended}`;
}

function fileNameOf({ objectId, label, role, start, contentType }: MediaDescription): string {
  const extension = extensionOf(contentType);
  const named = label === null ? '' : fit(label);
  if (named === '') {
    const last = fit(objectId.split('/').findLast(Boolean) ?? '') || 'object';
    return last.endsWith(extension) ? last : last + extension;
  }
  const place = role === 'init' ? ' init' : start === null ? '' : ` ${timeOf(start)}`;
  return `${named}${place}${extension}`;
}

/** A text as part of a file's name; empty when nothing of it is left. */
function fit(text: string): string {
  const name = text.toWellFormed().replaceAll(UNFIT, '_').trim().slice(0, LONGEST_LABEL).toWellFormed();
  return /^[_\s]*$/.test(name) ? '' : name;
}

function timeOf(start: bigint): string {
  const milliseconds = Number(start / NANOSECONDS_PER_MILLISECOND);
  if (Math.abs(milliseconds) < FIRST_TIME_OF_DAY_MS) return clockOf(milliseconds);
  const time = new Date(milliseconds - TAI_AHEAD_OF_UTC_MS);
  return Number.isNaN(time.getTime()) ? clockOf(milliseconds) : time.toISOString().replaceAll(':', '-');
}

/** Hours, minutes, seconds, milliseconds. */
function clockOf(milliseconds: number): string {
  const two = (number: number): string => String(Math.floor(number)).padStart(2, '0');
  const absolute = Math.abs(milliseconds);
  const clock = `${two(absolute / 3_600_000)}-${two((absolute / 60_000) % 60)}-${two((absolute / 1000) % 60)}`;
  return `${milliseconds < 0 ? '-' : ''}${clock}.${String(absolute % 1000).padStart(3, '0')}`;
}

/** As RFC 8187 wants it. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
