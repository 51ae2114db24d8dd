import { inspect } from 'node:util';
import { redactText } from '../logging/redaction';

/** Causes of causes that are told, and characters of all of them. */
const MAXIMUM_CAUSES = 4;
const MAXIMUM_LENGTH = 500;

/** What went wrong down to its cause, on one line, without secrets: "cannot answer just now" helps nobody who looks for it. */
export function failureText(error: unknown): string {
  const messages: string[] = [];
  for (let cause = error; cause !== undefined && messages.length < MAXIMUM_CAUSES; cause = causeOf(cause)) {
    messages.push(Error.isError(cause) ? messageOf(cause) : inspect(cause));
  }
  return redactText(messages.join(': ').replaceAll(/\s+/g, ' ')).slice(0, MAXIMUM_LENGTH);
}

function causeOf(error: unknown): unknown {
  return Error.isError(error) ? error.cause : undefined;
}

/** A failed connection to a name with several addresses has an error for each, and no message of its own. */
function messageOf(error: Error): string {
  if (error.message !== '' || !(error instanceof AggregateError)) return error.message;
  return error.errors.map((one) => (Error.isError(one) ? one.message : String(one))).join(', ');
}
