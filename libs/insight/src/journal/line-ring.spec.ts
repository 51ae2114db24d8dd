import { LineRing } from './line-ring';

const lineOf = (number: number, text = ''): string => `{"correlation_id":"id-${number}","text":"${text}"}\n`;

describe('the last lines of the log', () => {
  it('are found by a text, oldest first', () => {
    const ring = new LineRing(10_000);
    for (const number of [1, 2, 1, 3]) ring.push(lineOf(number, `é ${number}`));
    expect(ring.find('"id-1"', 10)).toEqual([lineOf(1, 'é 1').trim(), lineOf(1, 'é 1').trim()]);
    expect(ring.find('"id-1"', 1)).toHaveLength(1);
    expect(ring.find('"id-4"', 10)).toEqual([]);
  });

  it('make room for newer ones: what is found is whole, in order, and the newest', () => {
    const ring = new LineRing(5_000);
    for (let number = 0; number < 1_000; number += 1) ring.push(lineOf(number, 'x'.repeat(number % 40)));
    const found = ring.find('correlation_id', 1_000).filter((line) => line.startsWith('{'));
    const numbers = found.map((line) => Number(/id-(\d+)/.exec(line)?.[1]));
    expect(numbers.at(-1)).toBe(999);
    expect(numbers.length).toBeGreaterThan(50);
    expect(numbers).toEqual(numbers.map((_, index) => 1_000 - numbers.length + index));
    for (const line of found) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it('do not take a line that is longer than all there is', () => {
    const ring = new LineRing(1_000);
    ring.push(lineOf(1, 'x'.repeat(900)));
    expect(ring.find('id-1', 10)).toEqual([]);
  });
});
