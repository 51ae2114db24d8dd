/** Longer bodies leave as bytes. */
const LONGEST_STRING = 64 * 1024;

/** A body that is written as JSON already, where a page is large and its items are alike. */
export class JsonText {
  private constructor(readonly content: string | Buffer) {}

  /**
   * An array of items that are JSON texts already. A long one is put together outside V8's heap: as a string it would be
   * copied there three times until it is sent, and fill it with pieces too large to be collected cheaply.
   */
  static array(items: readonly string[]): JsonText {
    const length = items.reduce((sum, item) => sum + Buffer.byteLength(item) + 1, 1 + Number(items.length === 0));
    if (length <= LONGEST_STRING) return new JsonText(`[${items.join(',')}]`);
    const bytes = Buffer.allocUnsafeSlow(length);
    let at = 0;
    for (const item of items) {
      at += bytes.write(at === 0 ? '[' : ',', at);
      at += bytes.write(item, at);
    }
    bytes.write(']', at);
    return new JsonText(bytes);
  }
}
