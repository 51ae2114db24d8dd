/**
 * What was wrong, for code that must tell the cases apart:
 * - `invalid_timestamp`: the text does not match `schemas/timestamp.json`
 * - `invalid_timerange`: the text does not match `schemas/timerange.json`
 */
export type TimingErrorCode = 'invalid_timestamp' | 'invalid_timerange';

const LONGEST_QUOTE = 80;

/**
 * A text that is not a timestamp or a timerange of the TAMS API.
 * The message names the fault and shows what to write instead, so it may be given to the client as it is.
 */
export class TimingError extends Error {
  override readonly name = 'TimingError';

  /**
   * @param code which kind of text was refused
   * @param text the refused text, whole; the message quotes at most its first 80 characters
   * @param reason a sentence saying what is wrong and what to write instead
   */
  constructor(
    readonly code: TimingErrorCode,
    readonly text: string,
    reason: string,
  ) {
    const kind = code === 'invalid_timestamp' ? 'timestamp' : 'timerange';
    const quote = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}...` : text;
    super(`${JSON.stringify(quote)} is not a valid ${kind}: ${reason}`);
  }
}
