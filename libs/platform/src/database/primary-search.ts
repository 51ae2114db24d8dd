import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type DatabaseAddress, urlAt } from './database-addresses';

/** Longest one host may take to say whether it is the primary, in milliseconds. */
const PATIENCE_MS = 2_000;
/** How long an answer is good for connections that are opened together, in milliseconds. */
const FRESH_MS = 1_000;

const READ_ONLY = `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS read_only`;

/** No host of `DATABASE_URL` can be written to just now. */
export class NoPrimaryError extends Error {
  override readonly name = 'NoPrimaryError';
  /** The SQLSTATE of a refusal that waiting does not mend; else as if nobody listened. */
  readonly code: string;

  constructor(reasons: readonly Error[]) {
    super(`No host can be written to: ${reasons.map(({ message }) => message).join('; ')}`, { cause: reasons[0] });
    const codes = reasons.map((reason) => (reason.cause as { code?: unknown } | undefined)?.code);
    // A password or a database that is wrong everywhere is wrong for good.
    const refused = codes.filter((code): code is string => typeof code === 'string' && /^(28|3D)/.test(code));
    this.code = (refused.length === reasons.length ? refused[0] : undefined) ?? 'ECONNREFUSED';
  }
}

/** Asks the hosts of a URL which of them is the primary: all at once, so that one that hangs keeps nobody waiting. */
export class PrimarySearch {
  private running: Promise<DatabaseAddress> | undefined;
  private found: { readonly address: DatabaseAddress; readonly at: number } | undefined;

  constructor(
    private readonly url: string,
    private readonly addresses: readonly DatabaseAddress[],
  ) {}

  /** The primary, as it was at most {@link FRESH_MS} ago. @throws {NoPrimaryError} */
  find(): Promise<DatabaseAddress> {
    if (this.found && performance.now() - this.found.at < FRESH_MS) return Promise.resolve(this.found.address);
    return (this.running ??= this.search().finally(() => {
      this.running = undefined;
    }));
  }

  /** What was found is not so any more. */
  forget(): void {
    this.found = undefined;
  }

  private async search(): Promise<DatabaseAddress> {
    const ended = new AbortController();
    try {
      const address = await Promise.any(
        this.addresses.map((one) => confirmPrimary(urlAt(this.url, one), one, ended.signal)),
      );
      this.found = { address, at: performance.now() };
      return address;
    } catch (error) {
      throw new NoPrimaryError((error as AggregateError).errors as Error[]);
    } finally {
      ended.abort();
    }
  }
}

/** @returns the address @throws {Error} naming the host and why it is not the primary */
async function confirmPrimary(url: string, address: DatabaseAddress, ended: AbortSignal): Promise<DatabaseAddress> {
  const connection = new PrimaryConnection(url);
  const stop = (): void => {
    connection.close();
  };
  ended.addEventListener('abort', stop);
  try {
    if (await connection.isPrimary()) return address;
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    throw new Error(`${address.host}:${address.port}: ${message || (code ?? 'no connection')}`, { cause: error });
  } finally {
    connection.close();
  }
  throw new Error(`${address.host}:${address.port} is a standby or read-only`);
}

/** A connection to one host that asks nothing but whether it is the primary. */
export class PrimaryConnection {
  private readonly socket = new Socket();
  private readonly client: Client;
  private connected: Promise<unknown> | undefined;

  /** @param url with one host */
  constructor(url: string) {
    this.client = new Client({
      connectionString: url,
      application_name: 'tams-primary',
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
      stream: () => this.socket,
    });
    // Every later question fails, which is all there is to know.
    this.client.on('error', () => undefined);
  }

  /** @throws {Error} when it does not answer within {@link PATIENCE_MS} */
  async isPrimary(): Promise<boolean> {
    const asked = (this.connected ??= this.client.connect()).then(() =>
      this.client.query<{ read_only: boolean }>(READ_ONLY),
    );
    asked.catch(() => undefined);
    const patience = new AbortController();
    const late = delay(2 * PATIENCE_MS, undefined, { ref: false, signal: patience.signal }).then(
      () => Promise.reject(new Error('timeout expired')),
      () => undefined,
    );
    try {
      const answer = await Promise.race([asked, late]);
      return answer?.rows[0]?.read_only === false;
    } finally {
      patience.abort();
    }
  }

  /** Ends it without a word, which a host that hangs would not hear. */
  close(): void {
    this.socket.destroy();
  }
}
