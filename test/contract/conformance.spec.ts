import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDone, parseConformance, routeMistakes, rowMistakes, specificationMistakes, testFiles } from './conformance';
import { describeWithSpecification } from './specification-suite';

const document = readFileSync(resolve(__dirname, '../../docs/conformance.md'), 'utf8');

describe('docs/conformance.md', () => {
  const rows = parseConformance(document);

  it('has well-formed rows', () => {
    expect(rows).not.toEqual([]);
    expect(rowMistakes(rows)).toEqual([]);
  });

  describeWithSpecification('against the specification', (specification) => {
    it('has one row for each operation', () => {
      expect(specificationMistakes(rows, specification.operations)).toEqual([]);
    });

    it('agrees with a server that routes exactly what is done', () => {
      const routes = rows
        .filter(isDone)
        .map(({ method, path }) => ({ method, path: path.replaceAll(/\{[^}]+\}/g, ':id') }));
      expect(routeMistakes(rows, [...routes, { method: 'GET', path: '/metrics' }])).toEqual([]);
    });
  });
});

describe('the comparison', () => {
  const table = [
    '| Method | Path | Status | How it is tested |',
    '|---|---|---|---|',
    '| GET | `/flows/{flowId}` | done | `test/http/flows.spec.ts`, by hand |',
    '| DELETE | `/flows/{flowId}` | not yet (needs a job) | |',
  ].join('\n');

  it('reads the rows', () => {
    expect(parseConformance(table)).toEqual([
      { method: 'GET', path: '/flows/{flowId}', status: 'done', tested: '`test/http/flows.spec.ts`, by hand', line: 3 },
      { method: 'DELETE', path: '/flows/{flowId}', status: 'not yet (needs a job)', tested: '', line: 4 },
    ]);
    expect(parseConformance(table).map(testFiles)).toEqual([['test/http/flows.spec.ts'], []]);
  });

  it.each([
    ['an unknown status', '| GET | `/a` | soon | |', "line 1: GET /a has the status 'soon'"],
    ['a missing test', '| GET | `/a` | done | by eye |', 'line 1: GET /a is done, but no test file says so'],
    [
      'a repeated row',
      '| GET | `/a/{x}` | not yet (needs a job) | |\n| GET | `/a/{y}` | not yet (needs a job) | |',
      'line 2: GET /a/{y} is listed twice',
    ],
  ])('finds %s', (_, text, message) => {
    expect(rowMistakes(parseConformance(text))).toEqual([expect.stringContaining(message)]);
  });

  it('finds what the live routes lack and have too much', () => {
    const rows = parseConformance(table);
    const get = { method: 'GET', path: '/flows/:id' };
    expect(routeMistakes(rows, [get])).toEqual([]);
    expect(routeMistakes(rows, [])).toEqual(['GET /flows/{flowId} is done, but has no route']);
    expect(routeMistakes(rows, [get, { method: 'delete', path: '/flows/:flowId/' }])).toEqual([
      "DELETE /flows/{flowId} is 'not yet (needs a job)', but has a route",
    ]);
    expect(routeMistakes(rows, [get, { method: 'GET', path: '/flows/:id/secrets' }])).toEqual([
      expect.stringContaining('route GET /flows/:id/secrets is neither'),
    ]);
    expect(routeMistakes(rows, [get, { method: 'GET', path: '/docs/*' }, { method: 'OPTIONS', path: '*' }])).toEqual(
      [],
    );
  });

  describeWithSpecification('with the specification', (specification) => {
    it('finds operations without a row and rows without an operation', () => {
      const rows = parseConformance('| GET | `/flaws` | not yet (needs a job) | |');
      const mistakes = specificationMistakes(rows, specification.operations);
      expect(mistakes).toContain('GET /flows of the specification has no row');
      expect(mistakes).toContainEqual(
        expect.stringContaining('GET /flaws has a row, but the specification has no such operation'),
      );
      expect(mistakes).toHaveLength(specification.operations.length + 1);
    });
  });
});
