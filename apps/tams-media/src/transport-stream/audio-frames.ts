/** What the header of an AAC frame in ADTS says (ISO/IEC 14496-3, 1.A.2). */
export interface AudioParameters {
  /** Samples a second. */
  sampleRate: number;
  /** 0 where the header leaves it to the coded stream. */
  channels: number;
  /** MPEG-4 audio object type: 2 is AAC-LC. */
  objectType: number;
}

const SAMPLE_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];
const SAMPLES_PER_BLOCK = 1024;
const HEADER_BYTES = 7;

/**
 * Walks the AAC frames of PES payloads, also those that continue in the next payload. mux.js has a reader too, but a frame
 * length of zero in damaged media makes it loop for ever.
 */
export class AudioFrameReader {
  private remainder: Buffer = Buffer.alloc(0);
  /** Of the first frame seen. */
  parameters: AudioParameters | undefined;

  /** Reads one payload and returns how many samples (per channel) its complete frames hold. */
  push(payload: Buffer): number {
    const data = this.remainder.length === 0 ? payload : Buffer.concat([this.remainder, payload]);
    let samples = 0;
    let offset = 0;
    while (offset + HEADER_BYTES <= data.length) {
      const frame = readHeader(data, offset);
      if (!frame) {
        offset += 1;
        continue;
      }
      if (offset + frame.bytes > data.length) break;
      this.parameters ??= frame.parameters;
      samples += frame.samples;
      offset += frame.bytes;
    }
    this.remainder = Buffer.from(data.subarray(offset));
    return samples;
  }
}

function readHeader(
  data: Buffer,
  offset: number,
): { bytes: number; samples: number; parameters: AudioParameters } | undefined {
  if ((data.readUInt16BE(offset) & 0xfff6) !== 0xfff0) return undefined;
  const fields = data.readUInt32BE(offset + 2);
  const sampleRate = SAMPLE_RATES[(fields >>> 26) & 0x0f];
  const bytes = (fields >>> 5) & 0x1fff;
  if (sampleRate === undefined || bytes <= HEADER_BYTES) return undefined;
  const channelCode = (fields >>> 22) & 0x07;
  return {
    bytes,
    samples: ((data.readUInt8(offset + 6) & 0x03) + 1) * SAMPLES_PER_BLOCK,
    parameters: { sampleRate, channels: channelCode === 7 ? 8 : channelCode, objectType: (fields >>> 30) + 1 },
  };
}
