/** A JSON object whose members are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object (neither null nor an array). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as a JSON object. @throws Error naming `what` when it is something else. */
export function objectAt(value: unknown, what: string): JsonObject {
  if (!isObject(value)) throw new Error(`${what} should be an object, found ${described(value)}`);
  return value;
}

/** The value as a string, or undefined when it is something else. */
export function stringAt(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function described(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
