import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Configuration, ConfigurationError } from './configuration';
import { environmentSchema } from './configuration.schema';

describe('Configuration', () => {
  it('has a default for everything', () => {
    const configuration = new Configuration({});
    expect(configuration).toMatchObject({
      port: 8000,
      host: '127.0.0.1',
      environment: 'development',
      databaseUrl: undefined,
    });
    expect(configuration.dataDirectory).toMatch(/\/data$/);
  });

  it('treats an empty variable as absent', () => {
    expect(new Configuration({ PORT: '', DATABASE_URL: '', LOG_LEVEL: '' })).toEqual(new Configuration({}));
  });

  it('reports every mistake at once, by variable', () => {
    const start = (): Configuration =>
      new Configuration({ PORT: '70000', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://x', PUBLIC_BASE_URL: 'ftp://x' });
    expect(start).toThrow(ConfigurationError);
    for (const variable of ['PORT', 'LOG_LEVEL', 'DATABASE_URL', 'PUBLIC_BASE_URL']) expect(start).toThrow(variable);
  });

  it('refuses upload URLs that outlive their objects', () => {
    const environment = { MIN_OBJECT_TIMEOUT_SECONDS: '300', PRESIGNED_URL_TIMEOUT_SECONDS: '301' };
    expect(() => new Configuration(environment)).toThrow('PRESIGNED_URL_TIMEOUT_SECONDS');
  });

  it('drops the slash at the end of PUBLIC_BASE_URL', () => {
    expect(new Configuration({ PUBLIC_BASE_URL: 'https://tams.example/store/' }).publicBaseUrl).toBe(
      'https://tams.example/store',
    );
  });

  it('lets webhooks reach loopback on a developer’s machine only, unless told otherwise', () => {
    const allowed = (environment: Record<string, string>): readonly string[] =>
      new Configuration(environment).webhooks.allowedHosts;
    expect(allowed({})).toEqual(['localhost', '127.0.0.0/8', '::1']);
    const production = {
      TAMS_ENV: 'production',
      AUTH_ALLOW_NONE_IN_PRODUCTION: 'true',
      PUBLIC_BASE_URL: 'https://tams.example',
    };
    expect(allowed(production)).toEqual([]);
    const list = 'Hooks.intranet, *.studio.example,10.1.0.0/16,fd00::/8';
    expect(allowed({ ...production, WEBHOOK_ALLOWED_HOSTS: list })).toEqual([
      'hooks.intranet',
      '*.studio.example',
      '10.1.0.0/16',
      'fd00::/8',
    ]);
    expect(() => allowed({ WEBHOOK_ALLOWED_HOSTS: 'http://x/' })).toThrow('WEBHOOK_ALLOWED_HOSTS');
  });

  it('is documented, variable by variable, in docs/configuration.md', () => {
    const page = readFileSync(join(__dirname, '../../../../docs/configuration.md'), 'utf8');
    const documented = [...page.matchAll(/^\| `([A-Z_0-9]+)` \|/gm)].map((match) => match[1]);
    expect(documented.sort()).toEqual(Object.keys(environmentSchema.shape).sort());
  });
});
