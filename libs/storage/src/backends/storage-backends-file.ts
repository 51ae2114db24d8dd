import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '@tams/platform';
import { isNode, LineCounter, parseDocument } from 'yaml';

/** Where in the file: keys and positions from the root, as in `[1, 'bucket']`. */
export type FilePath = readonly (string | number)[];

/** Something wrong at a place. */
export interface Mistake {
  readonly path: FilePath;
  /** A rule as it follows the name of the place, for example `must not be empty`. */
  readonly message: string;
}

/** A configuration file that could be read, and what it says. */
export interface StorageBackendsFile {
  /** Its value, not checked. */
  readonly content: unknown;
  /** Writes a mistake with the file's name, the line and the path. */
  describe(mistake: Mistake): string;
}

/**
 * Reads the list of storage backends, in YAML or JSON.
 * @throws {ConfigurationError} when it cannot be read, naming every syntax error
 */
export async function readStorageBackendsFile(file: string): Promise<StorageBackendsFile> {
  const origin = `STORAGE_BACKENDS_FILE ${file}`;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError([`${origin} cannot be read: ${(error as Error).message}`]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new ConfigurationError(
      document.errors.map(({ message, pos }) => `${origin} line ${lines.linePos(pos[0]).line}: ${message}`),
    );
  }
  const lineOf = (path: FilePath): number => {
    // What is missing has no line of its own: the nearest thing around it says where it should be.
    for (let length = path.length; length >= 0; length -= 1) {
      const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  return {
    content: document.toJS(),
    describe: ({ path, message }) => `${origin} line ${lineOf(path)}: ${placeName(path)} ${message}`,
  };
}

function placeName(path: FilePath): string {
  const name = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
  return name === '' ? 'the file' : name;
}
