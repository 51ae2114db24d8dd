import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { HmacSha256 } from './hmac-sha256';

const keys = fc.uint8Array({ minLength: 0, maxLength: 200 }).map((bytes) => Buffer.from(bytes));

it('signs as node:crypto does, whatever the key and the text', () => {
  fc.assert(
    fc.property(keys, fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 5 }), (key, messages) => {
      const hmac = new HmacSha256(key);
      for (const message of messages) {
        const expected = createHmac('sha256', key).update(message).digest();
        expect(hmac.sign(message, 'base64url')).toBe(expected.toString('base64url'));
        expect(hmac.sign(message, 'hex')).toBe(expected.toString('hex'));
      }
    }),
  );
});

it.each([1364, 1365, 1366, 4096, 4097, 100_000])('signs texts of %d characters, of one byte and of three', (length) => {
  const key = Buffer.alloc(32, 7);
  const hmac = new HmacSha256(key);
  for (const message of ['x'.repeat(length), '€'.repeat(length)]) {
    expect(hmac.sign(message, 'hex')).toBe(createHmac('sha256', key).update(message).digest('hex'));
  }
});
