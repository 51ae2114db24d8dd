import { environmentSchema } from './configuration.schema';
import { unknownSettings } from './unknown-settings';

const known = Object.keys(environmentSchema.shape);

it.each([
  ['DATABSE_URL', 'DATABASE_URL'],
  ['WEBHOOK_TIMOUT_SECONDS', 'WEBHOOK_TIMEOUT_SECONDS'],
  ['PUBLIC_BASE_URI', 'PUBLIC_BASE_URL'],
  ['LOG_LEVLE', 'LOG_LEVEL'],
])('points out %s, meant as %s', (name, meant) => {
  expect(unknownSettings([name], known)).toEqual([`There is no setting ${name}; did you mean ${meant}?`]);
});

it('points out what only looks like a setting', () => {
  expect(unknownSettings(['WEBHOOK_COLOUR'], known)).toEqual([expect.stringContaining('WEBHOOK_COLOUR')]);
});

it('says nothing of settings, of other programs, or of what orchestrators put there', () => {
  const others = [
    'PATH',
    'HOME',
    'HOSTNAME',
    'NODE_ENV',
    'LANG',
    'npm_config_cache',
    'PORTS',
    'S3_SERVICE_HOST',
    'DATABASE_PORT_5432_TCP',
  ];
  expect(unknownSettings([...known, ...others], known)).toEqual([]);
});
