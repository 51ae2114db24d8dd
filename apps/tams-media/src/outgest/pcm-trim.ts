import type { AudioDescription } from '@tams/media';
import type { TimedPacket } from './track-reader';

/** Cuts a packet of plain numbers to a range, to the sample. */
export function trimmedSound(timed: TimedPacket, wanted: { start: bigint; end: bigint }): TimedPacket {
  const { packet, start, end, media } = timed;
  if (start >= wanted.start && end <= wanted.end) return timed;
  const { sampleRate } = media.description as AudioDescription;
  const count = Math.round(packet.duration * sampleRate);
  if (count === 0) return timed;
  const samplesIn = (duration: bigint): number =>
    Number((duration * BigInt(sampleRate) + 500_000_000n) / 1_000_000_000n);
  const first = start < wanted.start ? Math.min(count, samplesIn(wanted.start - start)) : 0;
  const last = end > wanted.end ? Math.max(first, samplesIn(wanted.end - start)) : count;
  const size = packet.data.byteLength / count;
  const timeOf = (sample: number): bigint => start + (BigInt(sample) * 1_000_000_000n) / BigInt(sampleRate);
  return {
    packet: packet.clone({
      data: packet.data.subarray(first * size, last * size),
      timestamp: packet.timestamp + first / sampleRate,
      duration: (last - first) / sampleRate,
    }),
    start: timeOf(first),
    end: timeOf(last),
    media,
  };
}
