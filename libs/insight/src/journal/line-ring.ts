/**
 * The last lines of the log, as bytes in memory that never grows: a line costs a copy, and is only searched when somebody asks
 * for a correlation id.
 */
export class LineRing {
  private readonly memory: Buffer;
  private next = 0;

  /** @param bytes taken at once, for good */
  constructor(readonly bytes: number) {
    this.memory = Buffer.alloc(bytes);
  }

  /** Takes one line, which ends with a line feed; the oldest ones make room. */
  push(line: string): void {
    // A character takes three bytes at most, and a line feed after it cuts what is left of the line below.
    const most = line.length * 3 + 1;
    if (most > this.bytes) return;
    if (this.next + most > this.bytes) {
      this.memory.fill('\n', this.next);
      this.next = 0;
    }
    this.next += this.memory.write(line, this.next, 'utf8');
    this.memory[this.next] = LINE_FEED;
  }

  /** Lines that contain a text, oldest first. @param most lines; the newest when there are more */
  find(text: string, most: number): string[] {
    return [...this.within(this.next, this.bytes, text), ...this.within(0, this.next, text)].slice(-most);
  }

  private within(start: number, end: number, text: string): string[] {
    const part = this.memory.subarray(start, end);
    const lines: string[] = [];
    for (let at = part.indexOf(text); at >= 0; at = part.indexOf(text, at + 1)) {
      const from = part.lastIndexOf(LINE_FEED, at) + 1;
      const to = part.indexOf(LINE_FEED, at);
      if (to < 0) break;
      lines.push(part.toString('utf8', from, to));
      at = to;
    }
    return lines;
  }
}

const LINE_FEED = 10;
