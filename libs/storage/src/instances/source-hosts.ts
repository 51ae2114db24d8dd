import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Configuration } from '@tams/platform';
import ipaddr from 'ipaddr.js';

/** The URL leads to where this server reads nothing from. */
export class SourceRefusedError extends Error {
  override readonly name = 'SourceRefusedError';
}

/**
 * Which hosts objects may be copied from when only a client's URL leads to them. Clients could otherwise have this server
 * read what only it can reach (SSRF) and download it as media. Allowed is the public Internet, and what
 * `COPY_SOURCE_ALLOWED_HOSTS` names; addresses are judged as they are connected to. Replace this provider for other rules.
 */
@Injectable()
export class SourceHosts {
  private readonly allowed: readonly string[];

  constructor(configuration: Configuration) {
    this.allowed = configuration.copySourceAllowedHosts;
  }

  /**
   * Judges what can be judged before a connection is made, for the URL itself and for each redirection.
   * @throws {SourceRefusedError}
   */
  admit(url: URL): void {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new SourceRefusedError(`${url.protocol} URLs are not read, only http and https`);
    }
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (ipaddr.isValid(literal) && !this.allowsName(url.hostname)) this.requireAllowed(url.hostname, literal);
  }

  /** Resolves a host for a connection and hands out judged addresses only, so that there is no second, other answer. */
  readonly lookup: LookupFunction = (host, options, callback) => {
    this.judgedAddresses(host, Number(options.family ?? 0)).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all) callback(null, addresses);
        else if (first) callback(null, first.address, first.family);
      },
      (error: unknown) => {
        callback(error as NodeJS.ErrnoException, '');
      },
    );
  };

  private async judgedAddresses(host: string, family: number): Promise<{ address: string; family: number }[]> {
    const addresses = await lookup(host, { all: true, family });
    if (!this.allowsName(host)) for (const { address } of addresses) this.requireAllowed(host, address);
    return addresses;
  }

  private allowsName(host: string): boolean {
    return this.allowed.some((entry) =>
      entry.startsWith('*.') ? host.endsWith(entry.slice(1)) : entry === host.toLowerCase(),
    );
  }

  private requireAllowed(host: string, text: string): void {
    const address = ipaddr.process(text);
    const listed = this.allowed.some((entry) => {
      if (ipaddr.isValidCIDR(entry)) {
        const [range, bits] = ipaddr.parseCIDR(entry);
        return range.kind() === address.kind() && address.match(range, bits);
      }
      return ipaddr.isValid(entry) && ipaddr.process(entry).toString() === address.toString();
    });
    if (listed || address.range() === 'unicast') return;
    throw new SourceRefusedError(
      `${host} is not on the public Internet (${address.range()}), and COPY_SOURCE_ALLOWED_HOSTS does not name it`,
    );
  }
}
