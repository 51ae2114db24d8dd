let lastText = 'null';
let lastValue: unknown = null;

/**
 * Reads a JSON column. Rows of one page nearly all say the same (where their objects are), so that the text read last is
 * not read again. Rows share the value, and nobody can change it.
 */
export function readJson(text: string): unknown {
  if (text !== lastText) {
    lastValue = frozen(JSON.parse(text));
    lastText = text;
  }
  return lastValue;
}

function frozen(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
