import {
  acceptedAttribution,
  anybody,
  attributedTo,
  currentPrincipal,
  legible,
  principalOf,
  withPrincipal,
} from './principal';

const writer = principalOf({ id: 'basic:jo', name: 'jo', scopes: ['write'], groups: [], method: 'basic' });
const administrator = principalOf({ id: 'basic:al', name: 'al', scopes: ['admin'], groups: [], method: 'basic' });

describe('currentPrincipal', () => {
  it('is who the work is done for, across await, and nobody elsewhere', async () => {
    expect(currentPrincipal()).toBeUndefined();
    await Promise.all(
      [writer, administrator].map((principal) =>
        withPrincipal(principal, async () => {
          await new Promise((resolve) => setImmediate(resolve));
          expect(currentPrincipal()).toBe(principal);
        }),
      ),
    );
  });
});

describe('attributedTo', () => {
  it.each([
    ['the server itself', undefined, 'x', 'x'],
    ['anybody', anybody, 'x', 'x'],
    ['anybody', anybody, undefined, undefined],
    ['a writer', writer, 'x', 'jo'],
    ['a writer', writer, undefined, 'jo'],
    ['an administrator', administrator, 'x', 'x'],
    ['an administrator', administrator, undefined, 'al'],
  ])('%s: %#', (_, principal, claimed, expected) => {
    const attribution = (): string | undefined => attributedTo(claimed);
    expect(principal ? withPrincipal(principal, attribution) : attribution()).toBe(expected);
  });

  it('leaves the creator alone when others claim to know better', () => {
    expect(withPrincipal(writer, () => acceptedAttribution('x'))).toBeUndefined();
    expect(withPrincipal(administrator, () => acceptedAttribution('x'))).toBe('x');
  });
});

describe('legible', () => {
  it('takes out what moves a cursor, ends a line or turns the direction of text, and bounds the length', () => {
    expect(legible('a\nb\r\u001b[0m\u202ec\u2028\ud800')).toBe('a\uFFFDb\uFFFD\uFFFD[0m\uFFFDc\uFFFD\uFFFD');
    expect(legible('x'.repeat(999))).toHaveLength(200);
    expect(legible('Zoë 日本')).toBe('Zoë 日本');
  });
});
