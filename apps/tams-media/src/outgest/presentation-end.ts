import { open, type FileHandle } from 'node:fs/promises';

interface Box {
  type: string;
  /** First byte of the box, first byte behind size and type, and first byte behind the box. */
  start: number;
  body: number;
  end: number;
}

const HEADER = 8;
/** An edit list of one entry of 32 bits (ISO/IEC 14496-12, 8.6.6), and the box around it. */
const EDIT_BOX = 36;

/**
 * Ends the presentation of an MP4 or MOV at a moment: what lies behind it stays for the decoder, and is not shown (ISO/IEC
 * 14496-12, 8.6.5). The file has an index at its front and room (`free`) behind it.
 * @param seconds from the start of the presentation
 */
export async function endPresentation(path: string, seconds: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const [index, room] = await frontOf(file);
    const bytes = Buffer.alloc(index.end - index.start);
    await file.read(bytes, 0, bytes.length, index.start);
    const moov = ended(bytes, seconds);
    const rest = room.end - index.start - moov.length;
    if (rest < HEADER) throw new Error('an index without room behind it');
    const free = Buffer.alloc(HEADER);
    free.writeUInt32BE(rest);
    free.write('free', 4, 'latin1');
    await file.write(Buffer.concat([moov, free]), 0, moov.length + HEADER, index.start);
  } finally {
    await file.close();
  }
}

async function frontOf(file: FileHandle): Promise<[Box, Box]> {
  const header = Buffer.alloc(HEADER);
  let [at, index]: [number, Box | undefined] = [0, undefined];
  for (;;) {
    await file.read(header, 0, HEADER, at);
    const box = {
      type: header.toString('latin1', 4, 8),
      start: at,
      body: at + HEADER,
      end: at + header.readUInt32BE(),
    };
    if (index && box.type === 'free') return [index, box];
    if (index || box.type === 'mdat' || box.end <= at) throw new Error('an MP4 without an index and room at its front');
    if (box.type === 'moov') index = box;
    at = box.end;
  }
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
  const [edits] = boxesIn(trak, HEADER, trak.length, 'edts');
  if (edits) {
    const [list] = boxesIn(trak, edits.body, edits.end, 'elst');
    if (list) shortenEdits(trak, list.body, duration);
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
