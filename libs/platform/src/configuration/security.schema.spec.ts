import { Configuration } from './configuration';
import { isSecureOrLoopback } from './security.schema';

const bearer = { AUTH_MODE: 'bearer', AUTH_OIDC_ISSUERS: 'https://id.example/realm', AUTH_OIDC_AUDIENCE: 'tams' };

const deployed = { TAMS_ENV: 'production', PUBLIC_BASE_URL: 'https://tams.example' };

describe('the security settings', () => {
  it('ask nobody who they are unless told to, and never so in production', () => {
    expect(new Configuration({}).security.modes).toEqual(['none']);
    expect(() => new Configuration({ TAMS_ENV: 'production' })).toThrow(
      'AUTH_MODE must not include none in production',
    );
    const production = { ...deployed, AUTH_ALLOW_NONE_IN_PRODUCTION: 'true' };
    expect(new Configuration(production).security.modes).toEqual(['none']);
    expect(() => new Configuration({ ...bearer, AUTH_MODE: 'bearer,none', TAMS_ENV: 'production' })).toThrow(
      'AUTH_MODE',
    );
  });

  it.each([
    ['an unknown mode', { AUTH_MODE: 'magic' }, 'AUTH_MODE'],
    ['no mode', { AUTH_MODE: ',' }, 'AUTH_MODE'],
    ['bearer without issuers', { ...bearer, AUTH_OIDC_ISSUERS: '' }, 'AUTH_OIDC_ISSUERS'],
    ['bearer without audience', { ...bearer, AUTH_OIDC_AUDIENCE: '' }, 'AUTH_OIDC_AUDIENCE'],
    ['an issuer on plain http', { ...bearer, AUTH_OIDC_ISSUERS: 'http://id.example' }, 'AUTH_OIDC_ISSUERS'],
    ['an issuer that looks like loopback', { ...bearer, AUTH_OIDC_ISSUERS: 'http://localhost.evil' }, 'loopback'],
    ['an unsigned algorithm', { ...bearer, AUTH_OIDC_ALGORITHMS: 'none' }, 'AUTH_OIDC_ALGORITHMS'],
    ['an algorithm with a shared secret', { ...bearer, AUTH_OIDC_ALGORITHMS: 'RS256,HS256' }, 'AUTH_OIDC_ALGORITHMS'],
    ['basic without users', { AUTH_MODE: 'basic' }, 'AUTH_BASIC_USERS_FILE'],
    ['URL tokens that nobody can issue', { AUTH_MODE: 'url_token' }, 'AUTH_MODE'],
    ['a map to a right there is not', { AUTH_SCOPES_MAP: 'a=root' }, 'AUTH_SCOPES_MAP'],
    ['a map without a right', { AUTH_SCOPES_MAP: 'a' }, 'AUTH_SCOPES_MAP'],
    ['classes where nobody has to say who they are', { AUTH_CLASSES: 'on' }, 'Take none out of AUTH_MODE'],
    ['classes beside an open door', { ...bearer, AUTH_MODE: 'none,bearer', AUTH_CLASSES: 'on' }, 'AUTH_CLASSES'],
    ['a switch that is neither', { ...bearer, AUTH_CLASSES: 'true' }, 'must be on or off'],
    ['a map of classes that are off', { ...bearer, AUTH_CLASSES_MAP: 'a:b=read' }, 'switch it on'],
    ['a class with a right there is not', { ...bearer, AUTH_CLASSES: 'on', AUTH_CLASSES_MAP: 'a:b=own' }, 'a:b=own'],
    ['a class of no group', { ...bearer, AUTH_CLASSES: 'on', AUTH_CLASSES_MAP: 'b=read' }, 'AUTH_CLASSES_MAP'],
    ['an origin with a path', { CORS_ALLOWED_ORIGINS: 'https://a.example/x' }, 'CORS_ALLOWED_ORIGINS'],
    ['production without an address', { ...bearer, TAMS_ENV: 'production' }, 'PUBLIC_BASE_URL'],
    ['proxies that are none', { TRUST_PROXY: 'yes' }, 'TRUST_PROXY must be the number of proxies'],
    ['an audit log that must be there, and is not', { AUDIT_REQUIRED: 'true' }, 'AUDIT_LOG_FILE'],
    ['a certificate without its key', { TLS_CERTIFICATE_FILE: 'x' }, 'TLS_CERTIFICATE_FILE'],
    ['a path there is not', { AUTH_OPEN_PATHS: 'flows' }, 'AUTH_OPEN_PATHS'],
  ])('refuse %s', (_, environment, complaint) => {
    expect(() => new Configuration(environment)).toThrow(complaint);
  });

  it('let every page call in development that says who calls, and none in production unless it is named', () => {
    expect(new Configuration({}).security.corsAllowedOrigins).toEqual(['loopback']);
    expect(new Configuration(bearer).security.corsAllowedOrigins).toEqual(['*']);
    const production = { ...bearer, ...deployed };
    expect(new Configuration(production).security.corsAllowedOrigins).toEqual([]);
    const named = { ...production, CORS_ALLOWED_ORIGINS: 'https://a.example, https://b.example' };
    expect(new Configuration(named).security.corsAllowedOrigins).toEqual(['https://a.example', 'https://b.example']);
    expect(new Configuration({ CORS_ALLOWED_ORIGINS: 'none' }).security.corsAllowedOrigins).toEqual([]);
  });

  it.each([
    ['1', 1],
    ['true', true],
    ['10.0.0.0/8, 127.0.0.1', '10.0.0.0/8, 127.0.0.1'],
    ['loopback', 'loopback'],
    ['', false],
  ])('read TRUST_PROXY=%s', (text, expected) => {
    expect(new Configuration({ TRUST_PROXY: text }).trustProxy).toBe(expected);
  });

  it('read lists and maps', () => {
    const { security } = new Configuration({
      ...bearer,
      AUTH_SCOPES_MAP: 'viewer=read, https://x.example/a=b=read+write',
      AUTH_OPEN_PATHS: 'health',
    });
    expect([...security.oidc.scopesMap]).toEqual([
      ['viewer', ['read']],
      ['https://x.example/a=b', ['read', 'write']],
    ]);
    const classes = {
      AUTH_CLASSES: 'on',
      AUTH_CLASSES_MAP: 'urn:x:sport:news=read, *:public=read+write, desk:news=admin',
    };
    expect(new Configuration({ ...bearer, ...classes }).security.classes).toEqual({
      enabled: true,
      map: [
        { group: 'urn:x:sport', className: 'news', rights: ['read'] },
        { group: '*', className: 'public', rights: ['read', 'write'] },
        { group: 'desk', className: 'news', rights: ['read', 'write', 'delete'] },
      ],
    });
    expect(security.openPaths).toEqual(['health']);
    expect(new Configuration({ AUTH_OPEN_PATHS: 'none' }).security.openPaths).toEqual([]);
  });
});

describe('isSecureOrLoopback', () => {
  it.each([
    ['https://id.example', true],
    ['http://localhost:8080', true],
    ['http://127.0.0.1', true],
    ['http://[::1]:1', true],
    ['http://127.0.0.1.evil', false],
    ['http://id.example', false],
    ['https://user:secret@id.example', false],
    ['file:///etc/passwd', false],
    ['x', false],
  ])('%s: %s', (url, expected) => {
    expect(isSecureOrLoopback(url)).toBe(expected);
  });
});
