import { redactText, redactValue } from './redaction';

/**
 * What is looked at here was chosen by clients: a pattern whose cost grows faster than its text lets one request stop the
 * event loop. Cost is the processor time of this thread, which other programs on the machine do not change.
 */

const LENGTH = 64 * 1024;
/** Milliseconds; what is linear takes a hundredth of it, and what is quadratic seconds. */
const ALLOWED_MS = 150;

const beginnings = [
  '',
  'token=',
  'token',
  'token:',
  'token: ',
  'token%3D',
  '"token"',
  '"token":',
  '"token":"',
  '\\"token\\":\\"',
  'bearer ',
  'Authorization: Basic ',
  'cookie',
  'set-cookie:',
  'https://',
  'https://user:',
  'X-Amz-Signature=',
];
const characters = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
const units = ['token', '"token', '\\"', '://', ':@', 'token:', 'bearer ', 'cookie: ', 'basic\t', '%3D', '\t\n', '" :'];

function costOf(text: string): number {
  const before = process.threadCpuUsage();
  redactText(text);
  redactValue({ text });
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

it.each(beginnings)('%j before a long run of any character is looked through in linear time', (beginning) => {
  const dear = characters.filter((character) => {
    const run = character.repeat(LENGTH);
    return costOf(`${beginning}${run}`) > ALLOWED_MS || costOf(`token ${run}${beginning}x`) > ALLOWED_MS;
  });
  expect(dear).toEqual([]);
});

it('so are runs of what a pattern begins with', () => {
  const dear = units.filter((unit) => costOf(unit.repeat(LENGTH / unit.length)) > ALLOWED_MS);
  expect(dear).toEqual([]);
});

it('what is cut away takes a password along that it would have torn in two', () => {
  const text = `${'x'.repeat(16 * 1024 - 40)} postgres://tams:s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t@db.example/tams`;
  expect(redactText(text)).not.toContain('s3cr3t');
});
