import {
  BufferTarget,
  CmafOutputFormat,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Output,
  WavOutputFormat,
  type AudioCodec,
  type VideoCodec,
} from 'mediabunny';
import { DecodingLead } from './composition-offsets';
import type { MediaTrack } from '../reading/open-media';
import { asWavPackets, isPcm } from './pcm';

/** The packets of one track that go into one object. */
export interface TrackPackets {
  track: MediaTrack;
  packets: EncodedPacket[];
}

/** A packed object; `init` is what a decoder needs before it (AppNote 0024). */
export interface PackedObject {
  bytes: Uint8Array;
  init?: Uint8Array;
}

/** The container of a track that is stored alone, as a MIME type: sound in numbers becomes WAV, all else CMAF. */
export function containerOf(track: MediaTrack): { container: string; initSegments: boolean } {
  const { kind, codec } = track.description;
  if (isPcm(codec)) return { container: 'audio/wav', initSegments: false };
  return { container: `${kind}/mp4`, initSegments: true };
}

/** Packs the segments of one rendition, one after another; nothing is encoded anew. */
export class Packer {
  private readonly lead = new DecodingLead();

  /** @param shift seconds that times inside CMAF are later than the packets' own, so that none is negative */
  constructor(private readonly shift: number) {}

  /** One segment of a single track: CMAF, or a WAV, whose time begins at zero. */
  async packTrack(part: TrackPackets): Promise<PackedObject> {
    return isPcm(part.track.description.codec) ? packWav(part) : this.packCmaf([part]);
  }

  /** Tracks together in one CMAF segment; packets are given in decoding order. */
  async packCmaf(parts: TrackPackets[]): Promise<PackedObject> {
    const [media, init] = [new BufferTarget(), new BufferTarget()];
    const output = new Output({ format: new CmafOutputFormat(), target: media, initTarget: init });
    await addPackets(output, parts, this.shift);
    const bytes = bytesOf(media);
    this.lead.apply(bytes);
    return { bytes, init: withoutDates(bytesOf(init)) };
  }
}

/**
 * Adds tracks to an output and writes their packets, `shift` seconds later than they are; then completes it.
 * The output's clock is the media's own, so that no time is rounded.
 */
export async function addPackets(output: Output, parts: TrackPackets[], shift: number): Promise<void> {
  const writers = [];
  for (const { track, packets } of parts) {
    const writer = await trackWriter(output, track, packets[0]);
    writers.push(async () => {
      for (const packet of packets) {
        await writer.add(shift === 0 ? packet : packet.clone({ timestamp: packet.timestamp + shift }));
      }
      writer.close();
    });
  }
  await output.start();
  await Promise.all(writers.map((write) => write()));
  await output.finalize();
}

/** Writes one track of an output. */
export interface TrackWriter {
  add: (packet: EncodedPacket) => Promise<void>;
  close: () => void;
}

/** Announces a track to an output that has not started yet. */
export async function trackWriter(
  output: Output,
  { track, description, ticksPerSecond }: MediaTrack,
  primingPacket: EncodedPacket | undefined,
  maximumPacketCount?: number,
): Promise<TrackWriter> {
  const common = {
    ...(primingPacket ? { primingPacket } : {}),
    ...(maximumPacketCount === undefined ? {} : { maximumPacketCount }),
    languageCode: description.language,
    ...(description.name === undefined ? {} : { name: description.name }),
  };
  if (track.isVideoTrack()) {
    const decoderConfig = (await track.getDecoderConfig()) ?? undefined;
    const source = new EncodedVideoPacketSource(description.codec as VideoCodec);
    // The library takes a "frame rate" for the grid of its clock; the media's own time base is that grid.
    output.addVideoTrack(source, {
      ...common,
      frameRate: ticksPerSecond,
      ...(decoderConfig ? { decoderConfig } : {}),
      transformationMatrix: await track.getTransformationMatrix(),
    });
    return {
      add: (packet) => source.add(packet, decoderConfig ? { decoderConfig } : undefined),
      close: () => {
        source.close();
      },
    };
  }
  const decoderConfig = (await track.getDecoderConfig()) ?? undefined;
  const source = new EncodedAudioPacketSource(description.codec as AudioCodec);
  output.addAudioTrack(source, { ...common, ...(decoderConfig ? { decoderConfig } : {}) });
  return {
    add: (packet) => source.add(packet, decoderConfig ? { decoderConfig } : undefined),
    close: () => {
      source.close();
    },
  };
}

async function packWav({ track, packets }: TrackPackets): Promise<PackedObject> {
  const target = new BufferTarget();
  const output = new Output({ format: new WavOutputFormat(), target });
  const { codec, packets: converted } = asWavPackets(track.description.codec as AudioCodec, packets);
  const { sampleRate, channels: numberOfChannels } = track.description as { sampleRate: number; channels: number };
  const source = new EncodedAudioPacketSource(codec);
  output.addAudioTrack(source);
  await output.start();
  const start = packets[0]?.timestamp ?? 0;
  for (const packet of converted) {
    await source.add(packet.clone({ timestamp: packet.timestamp - start }), {
      decoderConfig: { codec, sampleRate, numberOfChannels },
    });
  }
  await output.finalize();
  return { bytes: bytesOf(target) };
}

function bytesOf(target: BufferTarget): Uint8Array {
  return new Uint8Array(target.buffer ?? new ArrayBuffer(0));
}

/**
 * Sets the dates of an initialisation segment to "unknown", so that the same media gives the same bytes whenever it is packed
 * and one object serves all segments (ISO/IEC 14496-12, 8.2.2, 8.3.2, 8.4.2).
 */
function withoutDates(init: Uint8Array): Uint8Array {
  const view = new DataView(init.buffer, init.byteOffset, init.byteLength);
  const visit = (from: number, to: number): void => {
    for (let at = from; at + 8 <= to;) {
      const size = Math.max(8, view.getUint32(at));
      const type = String.fromCharCode(...init.subarray(at + 4, at + 8));
      if (['moov', 'trak', 'mdia'].includes(type)) visit(at + 8, Math.min(to, at + size));
      if (['mvhd', 'tkhd', 'mdhd'].includes(type)) {
        const dates = view.getUint8(at + 8) === 1 ? 16 : 8;
        init.fill(0, at + 12, at + 12 + dates);
      }
      at += size;
    }
  };
  visit(0, init.length);
  return init;
}
