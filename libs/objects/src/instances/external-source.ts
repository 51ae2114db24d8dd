import type { Readable } from 'node:stream';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AddressPolicy, AddressRefusedError, Configuration, HostResolver, pinnedLookup } from '@tams/platform';
import { Agent, request } from 'undici';

/** An object opened where it is read from. */
export interface OpenSource {
  readonly content: Readable;
  /** Absent when the sender does not say. */
  readonly sizeBytes: number | undefined;
  /** Where it is to be cut off, whatever the sender says. */
  readonly mostBytes?: number;
  /** Slowest it may come, in bytes a second; any speed when it is absent. */
  readonly leastBytesPerSecond?: number;
  readonly contentType: string | undefined;
}

const CONNECT_MILLISECONDS = 10_000;
/** Until the answer begins, and between any two pieces of it. */
const SILENCE_MILLISECONDS = 60_000;
/** What the body of a redirection or a refusal may take before the connection is given up. */
const REFUSAL_MILLISECONDS = 5_000;
const REFUSAL_BYTES = 131_072;
const MOST_REDIRECTIONS = 5;
const redirections = new Set([301, 302, 303, 307, 308]);

/**
 * Reads objects from URLs that clients gave: limited in where, in time and in size. Clients could otherwise have this server
 * read what only it can reach (SSRF) and download it as media.
 */
@Injectable()
export class ExternalSource implements OnApplicationShutdown {
  private readonly agent: Agent;
  private readonly mostBytes: number;
  private readonly leastBytesPerSecond: number;

  constructor(
    private readonly policy: AddressPolicy,
    resolver: HostResolver,
    configuration: Configuration,
  ) {
    this.mostBytes = configuration.copies.mostBytes;
    this.leastBytesPerSecond = configuration.copies.leastBytesPerSecond;
    this.agent = new Agent({
      connect: { timeout: CONNECT_MILLISECONDS, lookup: pinnedLookup(policy, resolver) },
      headersTimeout: SILENCE_MILLISECONDS,
      bodyTimeout: SILENCE_MILLISECONDS,
    });
  }

  /**
   * Begins a download; the caller reads it to its end or destroys it.
   * @throws {AddressRefusedError} and what the network, or an answer other than 200, gives
   */
  async open(address: string, signal: AbortSignal): Promise<OpenSource> {
    let url = new URL(address);
    for (let redirected = 0; redirected <= MOST_REDIRECTIONS; redirected += 1) {
      this.admit(url);
      const { statusCode, headers, body } = await request(url, {
        dispatcher: this.agent,
        signal,
        // Any coding would change the bytes on their way.
        headers: { 'accept-encoding': 'identity', 'user-agent': 'tams-server' },
      });
      if (statusCode === 200) return this.admitted(headers, body);
      // What a refusal says is not waited for.
      const brief = AbortSignal.timeout(REFUSAL_MILLISECONDS);
      await body.dump({ limit: REFUSAL_BYTES, signal: brief }).catch(() => undefined);
      const location = headers['location'];
      if (!redirections.has(statusCode) || typeof location !== 'string') throw new Error(`it answered ${statusCode}`);
      url = new URL(location, url);
    }
    throw new Error(`it redirects more than ${MOST_REDIRECTIONS} times`);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  /** Judges what can be judged before a connection is made, for the URL itself and for each redirection. */
  private admit({ protocol, hostname }: URL): void {
    if (protocol !== 'http:' && protocol !== 'https:') {
      throw new AddressRefusedError(`${protocol} URLs are not read, only http and https`);
    }
    const refusal = this.policy.refusalOfHost(hostname);
    if (refusal !== undefined) throw new AddressRefusedError(refusal);
  }

  private admitted(headers: Readonly<Record<string, string | string[] | undefined>>, body: Readable): OpenSource {
    const coding = headers['content-encoding'];
    const declared = headers['content-length'];
    const sizeBytes = typeof declared === 'string' && /^\d+$/.test(declared) ? Number(declared) : undefined;
    const complaint =
      coding !== undefined && coding !== 'identity'
        ? `its answer is encoded (${String(coding)})`
        : (sizeBytes ?? 0) > this.mostBytes && `it has ${String(sizeBytes)} bytes, more than COPY_SOURCE_MAX_BYTES`;
    if (complaint) {
      body.destroy();
      throw new Error(complaint);
    }
    const type = headers['content-type'];
    return {
      content: body,
      sizeBytes,
      mostBytes: this.mostBytes,
      leastBytesPerSecond: this.leastBytesPerSecond,
      contentType: typeof type === 'string' ? type : undefined,
    };
  }
}
