import type { EncodedPacket } from 'mediabunny';
import { Failure } from '../failure';
import { formatTimestamp, secondsToNanoseconds } from '../media-time';
import type { MediaTrack } from '../reading/open-media';

/** Type of the unit with the sequence parameters, by coding, read out of the byte behind a start code. */
const parameterUnits: Readonly<Record<string, (header: number) => boolean>> = {
  avc: (header) => (header & 0x1f) === 7,
  hevc: (header) => ((header >> 1) & 0x3f) === 33,
};

/**
 * Watches that a picture stays what it is through a stream that says so anew at each key frame (MPEG-TS). A Flow has one
 * size and one coding, and its initialisation object is made of the first parameters: pictures of others would not decode.
 */
export class PictureCoding {
  private readonly isParameterUnit: ((header: number) => boolean) | undefined;
  private first: string | undefined;
  private hasRecord: boolean | undefined;

  constructor(
    private readonly name: string,
    private readonly track: MediaTrack,
  ) {
    this.isParameterUnit = parameterUnits[track.description.codec];
  }

  /** @throws Failure where a key frame brings other parameters than the first one */
  async require(packet: EncodedPacket): Promise<void> {
    const { track, ticksPerSecond } = this.track;
    if (!this.isParameterUnit || !track.isVideoTrack()) return;
    this.hasRecord ??= (await track.getDecoderConfig())?.description !== undefined;
    if (this.hasRecord) return;
    const unit = this.unitIn(packet.data);
    if (unit === undefined) return;
    this.first ??= unit;
    if (unit === this.first) return;
    const time = formatTimestamp(secondsToNanoseconds(packet.timestamp, ticksPerSecond));
    throw new Failure(`The picture of ${this.name} is another from ${time} on: its size or its coding changes`, {
      next: 'A Flow has one picture: ingest what is before and what is after one by one.',
    });
  }

  /** The first unit with sequence parameters, as text. */
  private unitIn(data: Uint8Array): string | undefined {
    for (let at = startCodeFrom(data, 0); at >= 0; at = startCodeFrom(data, at + START_CODE_BYTES)) {
      const unit = at + START_CODE_BYTES;
      if (!this.isParameterUnit?.(data[unit] ?? 0)) continue;
      const next = startCodeFrom(data, unit);
      let end = next < 0 ? data.length : next;
      // Zeros before a start code belong to it.
      while (data[end - 1] === 0) end -= 1;
      return data.subarray(unit, end).join(' ');
    }
    return undefined;
  }
}

/** A start code is 0, 0, 1. */
const START_CODE_BYTES = 3;

/** Where the next start code begins; -1 where there is none. Ones are rare, so they are what is looked for. */
function startCodeFrom(data: Uint8Array, from: number): number {
  for (let one = data.indexOf(1, from + 2); one >= 0; one = data.indexOf(1, one + 1)) {
    if (data[one - 1] === 0 && data[one - 2] === 0) return one - 2;
  }
  return -1;
}
