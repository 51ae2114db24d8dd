import { AddressPolicy } from './address-policy';

/** As a request would see it: after the URL parser has unfolded whatever notation the client chose. */
const hostOf = (url: string): string => new URL(url).hostname;

describe('without any allowance', () => {
  const policy = new AddressPolicy([], 'ALLOWED_HOSTS');

  it.each([
    ['http://127.0.0.1/', 'loopback'],
    ['http://127.255.255.254/', 'loopback'],
    ['http://0.0.0.0/', 'unspecified'],
    ['http://10.1.2.3/', 'private'],
    ['http://172.31.0.1/', 'private'],
    ['http://192.168.1.1/', 'private'],
    ['http://169.254.169.254/latest/meta-data', 'linkLocal'],
    ['http://100.100.100.200/', 'carrierGradeNat'],
    ['http://168.63.129.16/', 'cloud-internal'],
    ['http://192.0.0.192/', 'reserved'],
    ['http://198.18.0.1/', 'reserved'],
    ['http://224.0.0.1/', 'multicast'],
    ['http://255.255.255.255/', 'broadcast'],
    ['http://2130706433/', 'loopback'],
    ['http://0x7f.1/', 'loopback'],
    ['http://017700000001/', 'loopback'],
    ['http://127.1/', 'loopback'],
    ['http://[::]/', 'unspecified'],
    ['http://[::1]/', 'loopback'],
    ['http://[::127.0.0.1]/', 'reserved'],
    ['http://[::ffff:10.0.0.1]/', 'private'],
    ['http://[::ffff:7f00:1]/', 'loopback'],
    ['http://[64:ff9b::a9fe:a9fe]/', 'linkLocal'],
    ['http://[64:ff9b:1::808:808]/', 'rfc6052'],
    ['http://[2002:7f00:1::]/', '6to4'],
    ['http://[2001:0:1::1]/', 'teredo'],
    ['http://[fe80::1]/', 'linkLocal'],
    ['http://[fec0::1]/', 'deprecatedSiteLocal'],
    ['http://[fd00:ec2::254]/', 'uniqueLocal'],
    ['http://[ff02::1]/', 'multicast'],
    ['http://[4000::1]/', 'reserved'],
    ['http://localhost/', 'loopback'],
    ['http://LOCALHOST./', 'loopback'],
    ['http://db.localhost/', 'loopback'],
  ])('refuses %s as %s', (url, kind) => {
    expect(policy.refusalOfHost(hostOf(url))).toContain(`(${kind})`);
  });

  it.each([
    'https://93.184.215.14/',
    'https://[2606:4700::1111]/',
    'http://[64:ff9b::5db8:d70e]/',
    'https://hook.example.com/',
  ])('has nothing against %s', (url) => {
    expect(policy.refusalOfHost(hostOf(url))).toBeUndefined();
  });

  it('judges what a name resolves to', () => {
    expect(policy.refusalOfAddress('10.0.0.1')).toContain('private');
    expect(policy.refusalOfAddress('10.0.0.1')).toContain('ALLOWED_HOSTS does not allow it');
    expect(policy.refusalOfAddress('93.184.215.14')).toBeUndefined();
  });
});

describe('with allowances', () => {
  const policy = new AddressPolicy(
    ['10.1.0.0/16', '192.168.1.7', 'fd00::/8', 'intranet', '*.studio.example'],
    'ALLOWED_HOSTS',
  );

  it.each(['http://10.1.2.3/', 'http://192.168.1.7/', 'http://[::ffff:10.1.0.1]/', 'http://[fd12::1]/'])(
    'allows %s',
    (url) => {
      expect(policy.refusalOfHost(hostOf(url))).toBeUndefined();
    },
  );

  it.each(['http://10.2.0.1/', 'http://192.168.1.8/', 'http://127.0.0.1/', 'http://localhost/'])(
    'still refuses %s',
    (url) => {
      expect(policy.refusalOfHost(hostOf(url))).toBeDefined();
    },
  );

  it('knows allowed names, whatever they resolve to', () => {
    expect(['intranet', 'Intranet.', 'a.studio.example', 'a.b.studio.example'].every((n) => policy.allowsName(n))).toBe(
      true,
    );
    expect(['studio.example', 'evil-studio.example', 'intranet.evil'].some((n) => policy.allowsName(n))).toBe(false);
  });
});
