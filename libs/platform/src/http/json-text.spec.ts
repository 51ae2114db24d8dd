import { JsonText } from './json-text';

const long = (letter: string): string => JSON.stringify(letter.repeat(40_000));

describe('a JSON text', () => {
  it.each([
    ['no items', []],
    ['one item', ['{"a":1}']],
    ['a few items', ['{"a":1}', '"é"', 'null']],
  ])('holds %s as text', (_name, items) => {
    expect(JsonText.array(items).content).toBe(`[${items.join(',')}]`);
  });

  it.each([
    ['one byte a character', [long('a'), '{"b":2}', long('c')]],
    ['several bytes a character', [long('é'), '"🎬"', long('あ')]],
    ['one item that is long by itself', [long('a') + ' '.repeat(40_000)]],
  ])('holds many items as the bytes of the same text: %s', (_name, items) => {
    const { content } = JsonText.array(items);
    expect(content).toBeInstanceOf(Buffer);
    expect(content.toString('utf8')).toBe(`[${items.join(',')}]`);
  });
});
