import { StreamPosition } from './stream-position';

const start = new StreamPosition('3', 10n, []);

it('remembers what it passed by, until it is told of it', () => {
  const passed = start.after(11n).after(14n);
  expect(passed.toString()).toBe('3.14.12-13');
  expect([10n, 11n, 12n, 13n, 14n, 15n].map((sequence) => passed.has(sequence))).toEqual([
    true,
    true,
    false,
    false,
    true,
    false,
  ]);
  expect(passed.after(13n).toString()).toBe('3.14.12-12');
  expect(passed.after(13n).after(12n).toString()).toBe('3.14');
});

it('splits a gap in which an event appears', () => {
  const position = start.after(20n).after(15n);
  expect(position.toString()).toBe('3.20.11-14,16-19');
  expect(position.withoutGaps(({ last }) => last === 14n).toString()).toBe('3.20.16-19');
});

it('is read as it was written', () => {
  for (const position of [start, start.after(20n).after(15n)])
    expect(StreamPosition.parse(position.toString())).toEqual(position);
});

it('goes back before gaps it has no room for, so that none is forgotten', () => {
  let position = start;
  for (let sequence = 12n; sequence <= 400n; sequence += 2n) position = position.after(sequence);
  const read = StreamPosition.parse(position.toString())!;
  expect(read.gaps).toHaveLength(64);
  for (let sequence = 1n; sequence <= 401n; sequence += 1n)
    if (!position.has(sequence)) expect(read.has(sequence)).toBe(false);
});

it.each(['', 'x', '1', '1.', '1.2.', '1.2.3', '1.10.5-4', '1.10.5-6,6-7', '1.10.5-10', '1.10.5-6,', '-1.2'])(
  'refuses %j',
  (text) => {
    expect(StreamPosition.parse(text)).toBeUndefined();
  },
);
