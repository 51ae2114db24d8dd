/** Flags of a track run (ISO/IEC 14496-12, 8.8.8). */
const DATA_OFFSET = 0x1;
const FIRST_FLAGS = 0x4;
const DURATION = 0x100;
const SIZE = 0x200;
const FLAGS = 0x400;
const COMPOSITION_OFFSET = 0x800;

/**
 * Moves decoding times of reordered pictures before their presentation times, where they belong. The library writes decoding
 * times that begin with the first picture and composition offsets below zero for those that come earlier; presentation times
 * are right, but some readers (FFmpeg among them) then present everything a frame or two late, beside sound that is not.
 * Presentation times stay as they are; a decoding time never goes below zero.
 */
export class DecodingLead {
  /** Ticks by track id: the largest lead so far, so that decoding times go on evenly from segment to segment. */
  private readonly leads = new Map<number, number>();

  /** Changes the fragments of a segment in place. */
  apply(segment: Uint8Array): void {
    const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
    for (const moof of boxesIn(view, 0, view.byteLength, 'moof')) {
      for (const traf of boxesIn(view, moof.body, moof.end, 'traf')) this.applyTo(view, traf);
    }
  }

  private applyTo(view: DataView, traf: Box): void {
    const [header] = boxesIn(view, traf.body, traf.end, 'tfhd');
    const [time] = boxesIn(view, traf.body, traf.end, 'tfdt');
    const offsets = boxesIn(view, traf.body, traf.end, 'trun').flatMap((run) => offsetPositions(view, run));
    if (!header || !time || offsets.length === 0) return;
    const track = view.getUint32(header.body + 4);
    const least = Math.min(...offsets.map((at) => view.getInt32(at)));
    const wanted = Math.max(this.leads.get(track) ?? 0, -least);
    this.leads.set(track, wanted);
    const decoding = view.getBigUint64(time.body + 4);
    const lead = BigInt(wanted) > decoding ? Number(decoding) : wanted;
    view.setBigUint64(time.body + 4, decoding - BigInt(lead));
    for (const at of offsets) view.setInt32(at, view.getInt32(at) + lead);
  }
}

interface Box {
  /** First byte behind size and type. */
  body: number;
  end: number;
}

function boxesIn(view: DataView, from: number, to: number, type: string): Box[] {
  const found: Box[] = [];
  for (let at = from; at + 8 <= to;) {
    const size = view.getUint32(at);
    // Sizes of 0 and 1 (up to the end, 64 bits) are those of media data, behind everything of interest.
    if (size < 8) break;
    const name = String.fromCharCode(...[4, 5, 6, 7].map((offset) => view.getUint8(at + offset)));
    if (name === type) found.push({ body: at + 8, end: at + size });
    at += size;
  }
  return found;
}

/** Where the composition offsets of a run stand. */
function offsetPositions(view: DataView, run: Box): number[] {
  const flags = view.getUint32(run.body) & 0xffffff;
  if ((flags & COMPOSITION_OFFSET) === 0) return [];
  const words = (bits: number[]): number => bits.filter((bit) => (flags & bit) !== 0).length;
  const first = run.body + 8 + 4 * words([DATA_OFFSET, FIRST_FLAGS]);
  const stride = 4 * words([DURATION, SIZE, FLAGS, COMPOSITION_OFFSET]);
  const count = view.getUint32(run.body + 4);
  return Array.from({ length: count }, (_, index) => first + stride * (index + 1) - 4);
}
