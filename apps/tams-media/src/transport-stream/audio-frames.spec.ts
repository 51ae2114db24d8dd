import { AudioFrameReader } from './audio-frames';

/** An AAC frame in ADTS: AAC-LC, 44.1 kHz, stereo, of `bytes` bytes in all. */
function frame(bytes: number): Buffer {
  const data = Buffer.alloc(bytes, 0x21);
  data.writeUInt16BE(0xfff1);
  data.writeUInt32BE(((1 << 30) | (4 << 26) | (2 << 22) | (bytes << 5)) >>> 0, 2);
  data.writeUInt8(0xfc, 6);
  return data;
}

describe('AudioFrameReader', () => {
  it('counts the samples of whole frames and reads the first header', () => {
    const reader = new AudioFrameReader();
    expect(reader.push(Buffer.concat([frame(100), frame(200)]))).toBe(2048);
    expect(reader.parameters).toEqual({ sampleRate: 44100, channels: 2, objectType: 2 });
  });

  it('joins a frame that continues in the next payload', () => {
    const reader = new AudioFrameReader();
    const bytes = Buffer.concat([frame(100), frame(200)]);
    expect(reader.push(bytes.subarray(0, 103))).toBe(1024);
    expect(reader.push(bytes.subarray(103))).toBe(1024);
  });

  it('walks past damage, also past a frame that claims no length', () => {
    const reader = new AudioFrameReader();
    const broken = frame(100);
    broken.writeUInt32BE(((1 << 30) | (4 << 26) | (2 << 22)) >>> 0, 2);
    expect(reader.push(Buffer.concat([broken, Buffer.from([1, 2, 3]), frame(50)]))).toBe(1024);
  });
});
