import { open, type FileHandle } from 'node:fs/promises';
import { readWhole, writeWhole } from './file-target';

interface Box {
  type: string;
  /** First byte of the box, first byte behind size and type, and first byte behind the box. */
  start: number;
  body: number;
  end: number;
}

const HEADER = 8;
/** Of a signed number of 32 bits. */
const LARGEST_TIME = 2 ** 31 - 1;
/** An edit list of one entry of 32 bits (ISO/IEC 14496-12, 8.6.6), and the box around it. */
const EDIT_BOX = 36;

/**
 * Completes an MP4 or MOV that has an index at its front, so that players show what they should and no more. Composition offsets
 * of tracks that hide pictures become positive: FFmpeg takes the first picture in decoding order for the first that is shown
 * where they are negative, and shows what comes before it before zero.
 * @param seconds from the start of the presentation to its end: what lies behind it stays for the decoder, and is not shown
 * (ISO/IEC 14496-12, 8.6.5); there is room (`free`) behind the index then. Absent where all is shown
 */
export async function completePresentation(path: string, seconds: number | undefined): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { index, room } = await frontOf(file);
    const bytes = Buffer.alloc(index.end - index.start);
    await readWhole(file, bytes, index.start);
    for (const track of boxesIn(bytes, HEADER, bytes.length, 'trak')) {
      makeOffsetsPositive(bytes.subarray(track.start, track.end));
    }
    if (seconds === undefined) await writeWhole(file, bytes, index.start);
    else await writeInto(file, index, room, ended(bytes, seconds));
  } finally {
    await file.close();
  }
}

async function writeInto(file: FileHandle, index: Box, room: Box | undefined, moov: Buffer): Promise<void> {
  const rest = (room?.end ?? index.end) - index.start - moov.length;
  if (rest < HEADER) throw new Error('an index without room behind it');
  const free = Buffer.alloc(HEADER);
  free.writeUInt32BE(rest);
  free.write('free', 4, 'latin1');
  await writeWhole(file, Buffer.concat([moov, free]), index.start);
}

async function frontOf(file: FileHandle): Promise<{ index: Box; room: Box | undefined }> {
  const header = Buffer.alloc(HEADER);
  let [at, index]: [number, Box | undefined] = [0, undefined];
  for (;;) {
    await readWhole(file, header, at);
    const box = {
      type: header.toString('latin1', 4, 8),
      start: at,
      body: at + HEADER,
      end: at + header.readUInt32BE(),
    };
    if (index) return { index, room: box.type === 'free' ? box : undefined };
    if (box.type === 'mdat' || box.end <= at) throw new Error('an MP4 without an index at its front');
    if (box.type === 'moov') index = box;
    at = box.end;
  }
}

/** Moves decoding times of a track before presentation times, and the edit that hides pictures with them. */
function makeOffsetsPositive(trak: Buffer): void {
  const [edits] = boxesAt(trak, ['edts', 'elst']);
  const [offsets] = boxesAt(trak, ['mdia', 'minf', 'stbl', 'ctts']);
  if (!edits || !offsets || trak.readUInt8(edits.body) !== 0) return;
  const entries = (box: Box, size: number): number[] =>
    Array.from({ length: trak.readUInt32BE(box.body + 4) }, (_, index) => box.body + 8 + index * size);
  const mediaTimes = entries(edits, 12).map((at) => at + 4);
  const places = entries(offsets, 8).map((at) => at + 4);
  const lead = -places.reduce((lowest, at) => Math.min(lowest, trak.readInt32BE(at)), 0);
  const latest = Math.max(...mediaTimes.map((at) => trak.readInt32BE(at)));
  if (lead === 0 || latest <= 0 || latest + lead > LARGEST_TIME) return;
  for (const at of places) trak.writeInt32BE(trak.readInt32BE(at) + lead, at);
  for (const at of mediaTimes) if (trak.readInt32BE(at) >= 0) trak.writeInt32BE(trak.readInt32BE(at) + lead, at);
  trak.writeUInt8(0, offsets.body);
  // It says how negative offsets are.
  for (const { start } of boxesAt(trak, ['mdia', 'minf', 'stbl', 'cslg'])) trak.write('free', start + 4, 'latin1');
}

/** The index with shorter durations, and an edit list for each track. */
function ended(moov: Buffer, seconds: number): Buffer {
  const [header] = boxesIn(moov, HEADER, moov.length, 'mvhd');
  if (!header) throw new Error('an index without a header');
  const wide = moov.readUInt8(header.body) === 1;
  const most = Math.round(seconds * moov.readUInt32BE(header.body + (wide ? 20 : 12)));
  shorten(moov, header.body + (wide ? 24 : 16), wide, most);
  let result: Buffer = Buffer.from(moov);
  // From the last to the first, so that what is put into one moves none that is still to come.
  for (const track of boxesIn(moov, HEADER, moov.length, 'trak').toReversed()) {
    const changed = endedTrack(result.subarray(track.start, track.end), most);
    result = Buffer.concat([result.subarray(0, track.start), changed, result.subarray(track.end)]);
  }
  result.writeUInt32BE(result.length);
  return result;
}

function endedTrack(trak: Buffer, most: number): Buffer {
  const [header] = boxesIn(trak, HEADER, trak.length, 'tkhd');
  if (!header) throw new Error('a track without a header');
  const wide = trak.readUInt8(header.body) === 1;
  const duration = shorten(trak, header.body + (wide ? 28 : 20), wide, most);
  const [list] = boxesAt(trak, ['edts', 'elst']);
  if (list) {
    shortenEdits(trak, list.body, duration);
    return trak;
  }
  const result = Buffer.concat([trak.subarray(0, header.end), oneEdit(duration), trak.subarray(header.end)]);
  result.writeUInt32BE(result.length);
  return result;
}

/** The last entry ends where the track does. */
function shortenEdits(trak: Buffer, at: number, duration: number): void {
  const wide = trak.readUInt8(at) === 1;
  const size = wide ? 20 : 12;
  const count = trak.readUInt32BE(at + 4);
  let left = duration;
  for (let entry = at + 8; entry < at + 8 + count * size; entry += size)
    left -= shorten(trak, entry, wide, Math.max(0, left));
}

function oneEdit(duration: number): Buffer {
  const edit = Buffer.alloc(EDIT_BOX);
  edit.writeUInt32BE(EDIT_BOX);
  edit.write('edts', 4, 'latin1');
  edit.writeUInt32BE(EDIT_BOX - HEADER, 8);
  edit.write('elst', 12, 'latin1');
  edit.writeUInt32BE(1, 20);
  edit.writeUInt32BE(duration, 24);
  edit.writeUInt16BE(1, 32);
  return edit;
}

/** Makes a duration no longer than it may be. @returns what it is now */
function shorten(bytes: Buffer, at: number, wide: boolean, most: number): number {
  const duration = Math.min(most, wide ? Number(bytes.readBigUInt64BE(at)) : bytes.readUInt32BE(at));
  if (wide) bytes.writeBigUInt64BE(BigInt(duration), at);
  else bytes.writeUInt32BE(duration, at);
  return duration;
}

/** Boxes inside boxes of a track. */
function boxesAt(trak: Buffer, path: readonly string[]): Box[] {
  return path.reduce<Box[]>(
    (parents, type) => parents.flatMap(({ body, end }) => boxesIn(trak, body, end, type)),
    [{ type: 'trak', start: 0, body: HEADER, end: trak.length }],
  );
}

function boxesIn(bytes: Buffer, from: number, to: number, type: string): Box[] {
  const found: Box[] = [];
  for (let at = from; at + HEADER <= to;) {
    const size = Math.max(HEADER, bytes.readUInt32BE(at));
    if (bytes.toString('latin1', at + 4, at + 8) === type) {
      found.push({ type, start: at, body: at + HEADER, end: at + size });
    }
    at += size;
  }
  return found;
}
