import type { LookupAddress, LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { AddressPolicy } from './address-policy';
import type { HostResolver } from './host-resolver';

/** The host leads to where this server does not connect to. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
}

/**
 * The look-up of a connection being made: resolves once, judges every address, and hands out exactly the judged ones, so
 * that there is no second answer that could differ (DNS rebinding). One refused address refuses the host.
 */
export function pinnedLookup(policy: AddressPolicy, resolver: HostResolver): LookupFunction {
  return (host, options, callback) => {
    judgedAddresses(host, options, policy, resolver).then(
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
}

async function judgedAddresses(
  host: string,
  { family }: LookupOptions,
  policy: AddressPolicy,
  resolver: HostResolver,
): Promise<LookupAddress[]> {
  const addresses = await resolver.resolve(host).catch((error: unknown) => {
    // Said as of a name that leads inside: whoever asks for many names would learn which of them exist there.
    if (policy.allowsName(host)) throw error;
    throw new AddressRefusedError(policy.refusalOfName(host), { cause: error });
  });
  if (!policy.allowsName(host) && addresses.some(({ address }) => policy.refusalOfAddress(address) !== undefined)) {
    throw new AddressRefusedError(policy.refusalOfName(host));
  }
  const usable = addresses.filter((address) => !family || address.family === Number(String(family).replace('IPv', '')));
  if (usable.length === 0) throw new Error(`${host} has no address`);
  return usable;
}
