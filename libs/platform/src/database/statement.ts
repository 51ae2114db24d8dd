import { type Connection as Wire, type PoolClient, Query, type QueryResult } from 'pg';
import { planNameOf } from './prepared';
import { typeParsers } from './type-parsers';

/**
 * Statements on their way to PostgreSQL and back. They are what `pg` makes of a text and its values, but for four things: statements
 * that are asked together leave as one piece, with one end, so that PostgreSQL answers in one piece too, and begins none of those
 * behind one that fails; what the rows of a planned statement look like is asked once a connection and not each time (PostgreSQL
 * refuses a planned statement whose rows would look otherwise by now); rows are read without telling listeners that nobody has; and
 * what cannot be written is never sent.
 */

/** A statement to be sent, and who is told what became of it. */
export interface Asked {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Called once, with what went wrong or with the rows. */
  readonly done: (error: Error | undefined, rows: object[]) => void;
}

/** The columns of rows: their names, and what reads the text of each. */
interface Shape {
  readonly names: readonly string[];
  readonly parsers: readonly ((text: string) => unknown)[];
}

/** What PostgreSQL says of the columns of rows. */
interface RowDescription {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** What `pg` writes to, and remembers of planned statements by their names: those that are, and those that are being sent. */
interface WireOfPg {
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
}

/** What `pg` calls a query with and does not declare. */
interface QueryOfPg {
  /** Of the statement that PostgreSQL answers just now: `pg` notes under it what has been planned. */
  name: string | undefined;
  text: string;
  values: readonly unknown[];
  callback: (error: Error | null | undefined) => void;
  prepare(wire: Wire): void;
}

const NO_COLUMNS: Shape = { names: [], parsers: [] };

/** A connection as statements write to it. */
class StatementWire {
  /** What is known of planned statements, by their names. */
  readonly shapes = new Map<string, Shape>();
  private parts: Uint8Array[] = [];
  /** The connection itself, with what is written kept together, and without the end that each statement would have. */
  private readonly asking: Wire;
  /** The same, without the question what rows will look like. */
  private readonly knowing: Wire;

  constructor(private readonly connection: Wire) {
    const keep = (part: Uint8Array): void => {
      this.parts.push(part);
    };
    const none = (): void => undefined;
    this.asking = Object.assign(Object.create(connection) as Wire, { _send: keep, sync: none });
    this.knowing = Object.assign(Object.create(this.asking) as Wire, { describe: none });
  }

  /** Where a statement is written. */
  for(statement: Statement): Wire {
    return statement.isKnown ? this.knowing : this.asking;
  }

  /** Sends what was written, and the end of it. */
  send(): void {
    const { stream } = this.connection;
    const parts = [...this.parts, SYNC];
    this.parts = [];
    if (stream.writable) stream.write(Buffer.concat(parts));
  }

  forget(): void {
    this.parts = [];
  }
}

/** The end of what belongs together. */
const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
const wires = new WeakMap<Wire, StatementWire>();

function wireOf(connection: Wire): StatementWire {
  let wire = wires.get(connection);
  if (!wire) wires.set(connection, (wire = new StatementWire(connection)));
  return wire;
}

/** One statement and its rows. */
class Statement {
  readonly name: string | undefined;
  readonly rows: object[] = [];
  /** What kept a row from being read. */
  unreadable: Error | undefined;
  private shape: Shape | undefined;
  private shapes: Map<string, Shape> | undefined;

  constructor(readonly asked: Asked) {
    this.name = planNameOf(asked.text);
  }

  /** Whether it is known what its rows look like. */
  get isKnown(): boolean {
    return this.shape !== undefined;
  }

  /** Looks up what a connection knows of it. */
  meet({ shapes }: StatementWire): void {
    this.shapes = shapes;
    this.shape = this.name === undefined ? undefined : shapes.get(this.name);
  }

  describe({ fields }: RowDescription): void {
    this.learn({
      names: fields.map((field) => field.name),
      parsers: fields.map((field) => typeParsers.getTypeParser(field.dataTypeID) as (text: string) => unknown),
    });
  }

  read(fields: readonly (string | null)[]): void {
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
    this.rows.push(row);
  }

  complete(): void {
    if (!this.shape) this.learn(NO_COLUMNS);
  }

  private learn(shape: Shape): void {
    this.shape = shape;
    if (this.name !== undefined) this.shapes?.set(this.name, shape);
  }
}

/** Statements that are sent together; for `pg` they are one query. */
class StatementBatch extends Query {
  /** Which of them PostgreSQL answers: those before it are complete. */
  private place = 0;
  /** Names of those that are planned by being sent here. */
  private readonly planned = new Set<string>();
  private isSettled = false;

  constructor(private readonly statements: readonly Statement[]) {
    super('');
    Object.assign(this.ofPg, {
      // Otherwise `pg` sends what has no values its own way.
      queryMode: 'extended',
      callback: (error: Error | null | undefined) => {
        this.settle(error ?? undefined);
      },
    });
    this.turnTo(0);
  }

  private get ofPg(): QueryOfPg {
    return this as unknown as QueryOfPg;
  }

  /** Writes the statements; called by `pg` when their turn has come. */
  prepare(connection: Wire): void {
    const wire = wireOf(connection);
    const { submittedNamedStatements: submitted } = connection as unknown as WireOfPg;
    for (const [place, statement] of this.statements.entries()) {
      statement.meet(wire);
      this.turnTo(place);
      const before = statement.name !== undefined && submitted[statement.name];
      (Query.prototype as unknown as QueryOfPg).prepare.call(this, wire.for(statement));
      if (statement.name !== undefined && submitted[statement.name] !== before) this.planned.add(statement.name);
    }
    // A value of one of them cannot be written: nobody's statement is sent, only what makes PostgreSQL say that it is ready.
    if (this.isSettled) {
      wire.forget();
      for (const name of this.planned) Reflect.deleteProperty(submitted, name);
    }
    this.turnTo(0);
    wire.send();
  }

  handleRowDescription(description: RowDescription): void {
    this.statements[this.place]?.describe(description);
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.statements[this.place]?.read(fields);
  }

  handleCommandComplete(): void {
    this.statements[this.place]?.complete();
    this.turnTo(this.place + 1);
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete();
  }

  handleError(error: Error, connection: Wire): void {
    const { submittedNamedStatements: submitted } = connection as unknown as WireOfPg;
    // PostgreSQL has not looked at those behind it.
    for (const { name } of this.statements.slice(this.place)) {
      if (name !== undefined && this.planned.has(name)) Reflect.deleteProperty(submitted, name);
    }
    this.ofPg.callback(error);
  }

  handleReadyForQuery(): void {
    this.ofPg.callback(undefined);
  }

  /** The one that `pg` sees. */
  private turnTo(place: number): void {
    this.place = place;
    const statement = this.statements[place];
    if (statement)
      Object.assign(this.ofPg, { name: statement.name, text: statement.asked.text, values: statement.asked.values });
  }

  /** Tells everybody, once: who is complete has their rows, unless what ends them all together failed; the others the error. */
  private settle(error: Error | undefined): void {
    if (this.isSettled) return;
    this.isSettled = true;
    const complete = error && this.place === this.statements.length ? 0 : this.place;
    for (const [place, { asked, rows, unreadable }] of this.statements.entries()) {
      if (place < complete) asked.done(unreadable, rows);
      else asked.done(error ?? new Error('PostgreSQL did not answer a statement.'), []);
    }
  }
}

/** Whether a text goes out as it is, because it may hold several statements: it is neither planned nor has it values. */
export function isPlainText({ text, values }: Pick<Asked, 'text' | 'values'>): boolean {
  return values.length === 0 && planNameOf(text) === undefined;
}

/** Runs statements on a connection, one after the other, and sends them together. Those behind one that fails are not begun. */
export function ask(client: PoolClient, statements: readonly Asked[]): void {
  let together: Statement[] = [];
  const send = (): void => {
    if (together.length > 0) client.query(new StatementBatch(together));
    together = [];
  };
  for (const asked of statements) {
    if (!isPlainText(asked)) {
      together.push(new Statement(asked));
      continue;
    }
    send();
    client.query(asked.text, (error: Error | null | undefined, result?: QueryResult<object>) => {
      asked.done(error ?? undefined, result?.rows ?? []);
    });
  }
  send();
}
