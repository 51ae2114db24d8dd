import { type Connection as Wire, type PoolClient, Query, type QueryResult } from 'pg';
import { planNameOf } from './prepared';
import { typeParsers } from './type-parsers';

/**
 * Statements on their way to PostgreSQL and back. They are what `pg` makes of a text and its values, but for three things: the parts
 * of one leave together; what the rows of a planned statement look like is asked once a connection and not each time (PostgreSQL
 * refuses a planned statement whose rows would look otherwise by now); and rows are read without telling listeners that nobody has.
 */

/** The columns of rows: their names, and what reads the text of each. */
interface Shape {
  readonly names: readonly string[];
  readonly parsers: readonly ((text: string) => unknown)[];
}

/** What PostgreSQL says of the columns of rows. */
interface RowDescription {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** What `pg` calls a query with and does not declare. */
interface QueryOfPg {
  name: string | undefined;
  values: readonly unknown[];
  callback: (error: Error | null | undefined, rows?: object[]) => void;
  prepare(wire: Wire): void;
}

const NO_COLUMNS: Shape = { names: [], parsers: [] };

/** A connection as statements write to it. */
class StatementWire {
  /** What is known of planned statements, by their names. */
  readonly shapes = new Map<string, Shape>();
  private readonly parts: Uint8Array[] = [];
  /** The connection itself, with what is written kept together. */
  private readonly asking: Wire;
  /** The same, without the question what rows will look like. */
  private readonly knowing: Wire;

  constructor(private readonly connection: Wire) {
    const keep = (part: Uint8Array): void => {
      this.parts.push(part);
    };
    this.asking = Object.assign(Object.create(connection) as Wire, { _send: keep });
    this.knowing = Object.assign(Object.create(this.asking) as Wire, { describe: () => undefined });
  }

  /** Lets a query write its parts, and sends them as one. */
  send(write: (wire: Wire) => void, isKnown: boolean): void {
    const { stream } = this.connection;
    write(isKnown ? this.knowing : this.asking);
    const parts = this.parts.splice(0);
    if (stream.writable) stream.write(Buffer.concat(parts));
  }
}

const wires = new WeakMap<Wire, StatementWire>();

function wireOf(connection: Wire): StatementWire {
  let wire = wires.get(connection);
  if (!wire) wires.set(connection, (wire = new StatementWire(connection)));
  return wire;
}

class Statement extends Query {
  private readonly received: object[] = [];
  private shape: Shape | undefined;
  private wire: StatementWire | undefined;
  /** What kept a row from being read. */
  private unreadable: Error | undefined;

  constructor(text: string, values: readonly unknown[]) {
    super(text);
    Object.assign(this.ofPg, { name: planNameOf(text), values });
  }

  private get ofPg(): QueryOfPg {
    return this as unknown as QueryOfPg;
  }

  /** Writes the statement; called by `pg` when its turn has come. */
  prepare(connection: Wire): void {
    const { name } = this.ofPg;
    this.wire = wireOf(connection);
    this.shape = name === undefined ? undefined : this.wire.shapes.get(name);
    this.wire.send((wire) => {
      (Query.prototype as unknown as QueryOfPg).prepare.call(this, wire);
    }, this.shape !== undefined);
  }

  handleRowDescription({ fields }: RowDescription): void {
    this.learn({
      names: fields.map((field) => field.name),
      parsers: fields.map((field) => typeParsers.getTypeParser(field.dataTypeID) as (text: string) => unknown),
    });
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const { names, parsers } = this.shape ?? NO_COLUMNS;
    const row: Record<string, unknown> = {};
    try {
      for (let index = 0; index < names.length; index += 1) {
        const text = fields[index];
        row[names[index] ?? ''] = text === null || text === undefined ? null : parsers[index]?.(text);
      }
    } catch (error) {
      this.unreadable = error as Error;
    }
    this.received.push(row);
  }

  handleCommandComplete(): void {
    if (!this.shape) this.learn(NO_COLUMNS);
  }

  handleReadyForQuery(): void {
    if (this.unreadable) this.ofPg.callback(this.unreadable);
    else this.ofPg.callback(null, this.received);
  }

  private learn(shape: Shape): void {
    const { name } = this.ofPg;
    this.shape = shape;
    if (name !== undefined) this.wire?.shapes.set(name, shape);
  }
}

/**
 * Runs a statement on a connection.
 * @param done called once, with what went wrong or with the rows
 */
export function ask(
  client: PoolClient,
  text: string,
  values: readonly unknown[],
  done: (error: Error | undefined, rows: object[]) => void,
): void {
  // Neither planned nor with values: it goes out as one text, which may hold several statements.
  if (values.length === 0 && planNameOf(text) === undefined) {
    client.query(text, (error: Error | null | undefined, result?: QueryResult<object>) => {
      done(error ?? undefined, result?.rows ?? []);
    });
    return;
  }
  const statement = new Statement(text, values) as unknown as QueryOfPg & Statement;
  let isDone = false;
  statement.callback = (error, rows = []) => {
    // Of a value that cannot be written `pg` tells at once, and again when PostgreSQL has taken what was sent instead.
    if (isDone) return;
    isDone = true;
    done(error ?? undefined, rows);
  };
  client.query(statement);
}
