import { nextPage } from './link-header';

const BASE = 'http://a.example/flows/1/segments?limit=2';

describe('nextPage', () => {
  it.each([
    ['<http://a.example/x?page=2>; rel="next"', 'http://a.example/x?page=2'],
    ['<http://a.example/x?timerange=%5B0:0%2C1>; rel=next', 'http://a.example/x?timerange=%5B0:0%2C1'],
    [
      '<http://a.example/first>; rel="first", <http://a.example/2>; title="a, b"; rel="prev next"',
      'http://a.example/2',
    ],
    ['</flows/1/segments?page=2>; rel="next"', 'http://a.example/flows/1/segments?page=2'],
  ])('finds the next page in %s', (header, url) => {
    expect(nextPage(header, BASE)).toBe(url);
  });

  it.each([[null], [''], ['<http://a.example/x>; rel="first"'], ['<http://a.example/x>; rel="nextish"']])(
    'finds none in %s',
    (header) => {
      expect(nextPage(header, BASE)).toBeUndefined();
    },
  );

  it.each(['; a', ' ', '; ', '<', '"', '=', '; a="b"', '<>"'])('reads a long run of %j in linear time', (unit) => {
    const before = process.threadCpuUsage();
    nextPage(`<http://a.example/x>${unit.repeat(16_384)}!`, BASE);
    expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(200);
  });
});
