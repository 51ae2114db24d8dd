import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Public addresses that only machines of a cloud reach, and that answer them with more than others may know. */
const cloudInternal = new Set(['168.63.129.16']);

/** All of the public IPv6 Internet; what lies outside is of some special kind, whatever list it is on. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Where this server connects to when clients ask for it (SSRF): the public Internet, and beside it what the configuration
 * allows. Addresses are judged as they are connected to, in whichever way they were written.
 */
export class AddressPolicy {
  private readonly names: ReadonlySet<string>;
  private readonly domains: readonly string[];
  private readonly ranges: readonly (readonly [Address, number])[];

  /**
   * @param allowed host names, `*.domain`s, addresses and CIDRs beside the public Internet
   * @param variable where operators list them; refusals name it
   */
  constructor(
    allowed: readonly string[],
    private readonly variable: string,
  ) {
    const ranges = allowed.filter((entry) => ipaddr.isValid(entry) || ipaddr.isValidCIDR(entry));
    const names = allowed.filter((entry) => !ranges.includes(entry));
    this.ranges = ranges.map(rangeOf);
    this.names = new Set(names);
    this.domains = names.filter((name) => name.startsWith('*.')).map((name) => name.slice(1));
  }

  /** Whether the configuration allows this host by its name, whatever its addresses are. */
  allowsName(host: string): boolean {
    const name = host.toLowerCase().replace(/\.$/, '');
    return this.names.has(name) || this.domains.some((domain) => name.endsWith(domain));
  }

  /**
   * What can be said of a host without asking anybody: an address is judged, a name is not.
   * @param host as `URL.hostname` gives it, which has unfolded decimal, octal and hexadecimal addresses
   * @returns why nothing is sent there; `undefined` when that is not known (yet)
   */
  refusalOfHost(host: string): string | undefined {
    if (this.allowsName(host)) return undefined;
    const literal = host.startsWith('[') ? host.slice(1, -1) : host;
    if (ipaddr.isValid(literal)) return this.refusalOfAddress(literal);
    const name = host.toLowerCase().replace(/\.$/, '');
    if (name === 'localhost' || name.endsWith('.localhost')) {
      const [four, six] = [this.refusalOfAddress('127.0.0.1'), this.refusalOfAddress('::1')];
      return four !== undefined && six !== undefined ? this.refusal(host, 'loopback') : undefined;
    }
    return undefined;
  }

  /** @returns why nothing is sent to this address; `undefined` when it is allowed */
  refusalOfAddress(text: string): string | undefined {
    const address = embeddedAddress(ipaddr.parse(text));
    if (this.ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits))) {
      return undefined;
    }
    const kind = kindOf(address);
    return kind === 'unicast' ? undefined : this.refusal(text, kind);
  }

  /**
   * Why a name is refused; without the address it leads to, and the same when it has none: either could tell a stranger about
   * the network inside.
   */
  refusalOfName(name: string): string {
    return `${name} has no address on the public Internet, and ${this.variable} does not allow it`;
  }

  private refusal(where: string, kind: string): string {
    return `${where} is not on the public Internet (${kind}), and ${this.variable} does not allow it`;
  }
}

function rangeOf(entry: string): readonly [Address, number] {
  if (ipaddr.isValidCIDR(entry)) return ipaddr.parseCIDR(entry);
  const address = ipaddr.parse(entry);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** The IPv4 address a request to an IPv6 address really goes to: mapped, or through the well-known NAT64 prefix. */
function embeddedAddress(address: Address): Address {
  if (address.kind() === 'ipv4') return address;
  const six = address as ipaddr.IPv6;
  const wellKnownNat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
  if (!six.isIPv4MappedAddress() && !six.match(wellKnownNat64)) return six;
  return new ipaddr.IPv4(six.toByteArray().slice(-4));
}

function kindOf(address: Address): string {
  if (cloudInternal.has(address.toString())) return 'cloud-internal';
  const kind = address.range();
  const outside = address.kind() === 'ipv6' && !(address as ipaddr.IPv6).match(globalUnicast);
  return kind === 'unicast' && outside ? 'reserved' : kind;
}
