/** Reads bits, most significant first, and the Exp-Golomb codes of H.264 (ITU-T H.264, 9.1). */
export class BitReader {
  private position = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** The next bit. @throws RangeError behind the last one */
  bit(): number {
    const byte = this.bytes[this.position >> 3];
    if (byte === undefined) throw new RangeError('the bits end early');
    const value = (byte >> (7 - (this.position & 7))) & 1;
    this.position += 1;
    return value;
  }

  /** The next `count` bits as an unsigned number; exact up to 53 bits. */
  bits(count: number): number {
    let value = 0;
    for (let read = 0; read < count; read += 1) value = value * 2 + this.bit();
    return value;
  }

  /** The next bit as a yes or no. */
  flag(): boolean {
    return this.bit() === 1;
  }

  /** The next unsigned Exp-Golomb code, `ue(v)`. */
  unsigned(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      zeros += 1;
      if (zeros > 32) throw new RangeError('an Exp-Golomb code is too long');
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** The next signed Exp-Golomb code, `se(v)`. */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 1 ? (code + 1) / 2 : -(code / 2);
  }
}
