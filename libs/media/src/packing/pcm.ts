import type { AudioCodec, EncodedPacket, MediaCodec } from 'mediabunny';

/** Whether a coding is plain numbers (or logarithmic ones), for which WAV is the container. */
export function isPcm(codec: MediaCodec): codec is AudioCodec {
  return codec.startsWith('pcm-') || codec === 'ulaw' || codec === 'alaw';
}

/** WAV holds little-endian numbers and unsigned bytes: others are turned round, sample by sample, nothing is lost. */
export function asWavPackets(
  codec: AudioCodec,
  packets: EncodedPacket[],
): { codec: AudioCodec; packets: EncodedPacket[] } {
  const bigEndian = /^(pcm-[sf](\d+))be$/.exec(codec);
  if (bigEndian) {
    const width = Number(bigEndian[2]) / 8;
    return {
      codec: bigEndian[1] as AudioCodec,
      packets: packets.map((packet) => packet.clone({ data: reversed(packet.data, width) })),
    };
  }
  if (codec !== 'pcm-s8') return { codec, packets };
  const shifted = packets.map((packet) => packet.clone({ data: packet.data.map((byte) => byte ^ 0x80) }));
  return { codec: 'pcm-u8', packets: shifted };
}

function reversed(data: Uint8Array, width: number): Uint8Array {
  const result = new Uint8Array(data.length);
  for (let at = 0; at + width <= data.length; at += width) {
    for (let byte = 0; byte < width; byte += 1) result[at + byte] = data[at + width - 1 - byte] ?? 0;
  }
  return result;
}
