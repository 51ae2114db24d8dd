import { clean, MAXIMUM_LINE_LENGTH } from './log-destination';
import { REDACTED, redactText, redactValue } from './redaction';

const secret = 's3cr3t-Value~42';

describe('redactText', () => {
  it.each([
    `Authorization: Bearer ${secret}`,
    `authorization: Basic ${Buffer.from(secret).toString('base64')}`,
    `GET /flows?access_token=${secret}&limit=3`,
    `https://store.example/o?X-Amz-Credential=${secret}%2F20260101&X-Amz-Signature=${secret}`,
    `/proxy?to=https%3A%2F%2Fstore.example%2Fo%3FX-Amz-Signature%3D${secret}`,
    `/media/object?expires=17&signature=${secret}`,
    `Cookie: session=${secret}; other=${secret}`,
    `body was {"url":"https://hook.example","api_key_value":"${secret}"}`,
    `body was {\\"password\\":\\"${secret}\\"}`,
    `cannot connect to postgres://tams:${secret}@db.example:5432/tams`,
    `password: ${secret}`,
    `{"password":"a\\"${secret}"}`,
    `{"password":"\\\\","token":"${secret}"}`,
    JSON.stringify({ body: JSON.stringify({ password: `a"${secret}` }), after: 1 }),
    JSON.stringify({ body: JSON.stringify({ inner: JSON.stringify({ client_secret: `\\"'${secret}` }) }) }),
    `GET /flows?access%5Ftoken=${secret}`,
    `GET /flows?limit=1&%61ccess_%74oken=${secret}&x=1`,
    `/proxy?to=https%3A%2F%2Fstore.example%2Fo%3Fx%3D1%26access%255Ftoken%3D${secret}`,
    `GET /flows/eyJhbGciOiJSUzI1NiJ9.${Buffer.from('{"sub":"x"}').toString('base64url')}.${secret.replace('~', '_')}`,
  ])('takes the secret out of %s', (text) => {
    const redacted = redactText(text);
    expect(redacted).not.toContain(secret.slice(0, 12));
    expect(redacted).not.toContain(Buffer.from(secret).toString('base64'));
    expect(redacted).toContain(REDACTED);
  });

  it('leaves what stands beside a secret', () => {
    const text = JSON.stringify({
      password: 'a"b',
      label: 'kept',
      body: JSON.stringify({ token: '\\', note: 'kept too' }),
    });
    const redacted = redactText(text);
    expect(redacted).toContain('"label":"kept"');
    expect(redacted).toContain('kept too');
    expect(JSON.parse(redacted)).toMatchObject({ password: REDACTED });
  });

  it.each([
    'GET /flows?limit=3',
    '/flows?timerange=%5B0:0_1:0%29&tag.x=%41',
    'https://user@host/path',
    'the flow has no container',
    '2026-01-01T10:00:00Z',
  ])('leaves %s alone', (text) => {
    expect(redactText(text)).toBe(text);
  });
});

it('redactValue looks at every depth, at names and at texts', () => {
  const redacted = redactValue({
    headers: { Authorization: `Bearer ${secret}`, 'x-amz-signature': secret, accept: '*/*' },
    hooks: [{ api_key_value: secret, note: `see https://x.example/?access_token=${secret}` }],
    count: 3,
    nothing: null,
  });
  expect(JSON.stringify(redacted)).not.toContain(secret);
  expect(redacted).toMatchObject({ headers: { accept: '*/*' }, count: 3, nothing: null });
});

describe('clean', () => {
  it('leaves an ordinary line as it is', () => {
    const line = '{"level":"info","msg":"request","status":200}\n';
    expect(clean(line)).toBe(line);
  });

  it('bounds the length of a line and keeps it JSON that can be found', () => {
    const line = JSON.stringify({
      level: 'info',
      correlation_id: 'abc',
      msg: 'm'.repeat(100_000),
      list: Array.from({ length: 5_000 }, (_, index) => ({ index, text: 't'.repeat(500) })),
    });
    const cleaned = clean(`${line}\n`);
    expect(cleaned.length).toBeLessThanOrEqual(MAXIMUM_LINE_LENGTH + 1);
    expect(JSON.parse(cleaned)).toMatchObject({ level: 'info', correlation_id: 'abc', truncated: true });
  });

  it('makes a line out of what is not JSON', () => {
    expect(JSON.parse(clean(`token=${secret} oops`))).toEqual({ level: 'warn', msg: `token=${REDACTED} oops` });
  });
});
