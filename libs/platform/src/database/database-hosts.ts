import { Socket } from 'node:net';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { ClientConfig } from 'pg';
import { addressesOf, type DatabaseAddress, urlAt } from './database-addresses';
import { PrimaryConnection, PrimarySearch } from './primary-search';

/** Pause between two looks at whether the primary still is one, in milliseconds. */
const WATCH_MS = 1_000;

/** What of a connection's settings says where it goes. */
export interface ConnectionTarget extends Pick<ClientConfig, 'stream'> {
  readonly connectionString: string;
}

/** One for each URL of several hosts, for all connections of this process: they move together. */
const known = new Map<string, DatabaseHosts>();

/**
 * Settings of `pg` for a URL. `pg` takes one host only: for several, each connection is opened to the one that is the primary
 * at that moment, and ended when another has become it.
 */
export function targetOfUrl(url: string): ConnectionTarget {
  const addresses = addressesOf(url);
  const [first] = addresses;
  if (!first || addresses.length === 1) return { connectionString: url };
  const hosts = known.get(url) ?? new DatabaseHosts(url, addresses);
  known.set(url, hosts);
  // `pg` hands it the connection's settings; its types do not say so.
  const stream = (config: { ssl?: unknown }): Socket => hosts.socket(config);
  return { connectionString: urlAt(url, first), stream: stream as () => Socket };
}

/** Several PostgreSQL of which one is the primary, and this process's connections to it. */
class DatabaseHosts {
  private readonly search: PrimarySearch;
  private readonly sockets = new Set<PrimarySocket>();
  /** To the host that is asked whether it still is the primary. */
  private watched: PrimaryConnection | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly url: string,
    addresses: readonly DatabaseAddress[],
  ) {
    this.search = new PrimarySearch(url, addresses);
  }

  /** A socket that finds its own way. @param config of the connection it is for, whose `ssl` learns the host that is found */
  socket(config: { ssl?: unknown }): Socket {
    const socket = new PrimarySocket(this.search, (opened) => {
      this.keep(opened);
    });
    if (config.ssl) config.ssl = verifying(config.ssl === true ? {} : config.ssl, socket);
    return socket;
  }

  private keep(socket: PrimarySocket): void {
    this.sockets.add(socket);
    this.timer ??= this.lookSoon();
    socket.once('close', () => {
      this.sockets.delete(socket);
      if (this.sockets.size === 0) this.rest();
    });
  }

  private lookSoon(): NodeJS.Timeout {
    return setTimeout(() => {
      void this.look().finally(() => {
        if (this.timer) this.timer = this.lookSoon();
      });
    }, WATCH_MS).unref();
  }

  /** Without connections there is nothing to watch. */
  private rest(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.unwatch();
  }

  private unwatch(): void {
    this.watched?.close();
    this.watched = undefined;
  }

  /** Once another host is the primary, connections to the others end: a host that hangs or was demoted ends none itself. */
  private async look(): Promise<void> {
    if (await this.watched?.isPrimary().catch(() => false)) return;
    this.unwatch();
    this.search.forget();
    const address = await this.search.find().catch(() => undefined);
    // While there is none, connections stay: the primary may be busy, or come back.
    if (!address || this.sockets.size === 0) return;
    this.watched = new PrimaryConnection(urlAt(this.url, address));
    for (const socket of this.sockets) if (!isSame(socket.leadsTo, address)) socket.leave();
  }
}

/** Checks a certificate against the host that was found, where nothing else was asked for. */
function verifying(ssl: ConnectionOptions, socket: PrimarySocket): ConnectionOptions {
  return {
    checkServerIdentity: (_, certificate) => checkServerIdentity(socket.leadsTo?.host ?? '', certificate),
    ...ssl,
    // Hidden from enumeration by `pg`, so that it is in no log.
    ...(ssl.key !== undefined && { key: ssl.key }),
  };
}

/** A socket that connects to the primary, whatever address it is given. */
class PrimarySocket extends Socket {
  /** Where it leads, once that is known. */
  leadsTo: DatabaseAddress | undefined;

  constructor(
    private readonly search: PrimarySearch,
    private readonly opened: (socket: PrimarySocket) => void,
  ) {
    super();
  }

  override connect(): this {
    this.search.find().then(
      (address) => {
        if (this.destroyed) return;
        this.leadsTo = address;
        this.opened(this);
        this.once('error', () => {
          this.search.forget();
        });
        super.connect(address.port, address.host);
      },
      (error: unknown) => this.destroy(error as Error),
    );
    return this;
  }

  /**
   * Ends it: another host is the primary now. Without an error, which TLS would tell twice and `pg` not expect; `pg` says to what
   * waits for an answer that the connection was terminated.
   */
  leave(): void {
    this.destroy();
  }
}

function isSame(one: DatabaseAddress | undefined, other: DatabaseAddress): boolean {
  return one?.host === other.host && one.port === other.port;
}
