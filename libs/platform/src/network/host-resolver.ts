import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';

/** Finds the addresses of a host; replaced in tests. */
@Injectable()
export class HostResolver {
  /** Every address of the host, by the means of the operating system. Rejects when there is none. */
  resolve(host: string): Promise<LookupAddress[]> {
    return lookup(host, { all: true });
  }
}
