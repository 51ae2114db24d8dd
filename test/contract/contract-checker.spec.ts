import { contractChecker, ContractViolation } from './contract-checker';
import { requestExamples, responseExamples } from './examples';
import type { Exchange } from './exchange';
import { describeWithSpecification } from './specification-suite';

const flowId = '4f7f1d0e-4b5c-4c0f-9d5a-0d4b3d6f3c11';

interface ExchangeParts {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly text?: string;
  readonly sent?: unknown;
  readonly sentText?: string;
  readonly sentType?: string;
}

/** An exchange as a correct client and server would have had it, but for the parts given. */
function exchange(method: string, target: string, parts: ExchangeParts = {}): Exchange {
  const { status = 200, headers = {}, body, sent } = parts;
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  return {
    method,
    target,
    requestHeaders: new Headers(parts.sentType === '' ? {} : { 'content-type': parts.sentType ?? 'application/json' }),
    requestText: parts.sentText ?? (sent === undefined ? '' : JSON.stringify(sent)),
    status,
    headers: new Headers(status === 204 ? headers : { 'content-type': type, ...headers }),
    text: parts.text ?? (body === undefined ? '' : JSON.stringify(body)),
  };
}

function problem(status: number, more: object = {}): object {
  return { type: 'about:blank', title: 'Wrong', status, detail: 'What is wrong', ...more };
}

const paging = { 'x-paging-limit': '100', 'x-paging-count': '0', 'x-paging-reverse-order': 'false' };

describeWithSpecification('ContractChecker', (specification) => {
  const checker = contractChecker()!;
  const violations = (...parts: Parameters<typeof exchange>): string[] => checker.violations(exchange(...parts));

  it('is one for the process', () => {
    expect(contractChecker()).toBe(checker);
  });

  describe('which operation', () => {
    it.each([
      '/health',
      '/livez',
      '/readyz',
      '/metrics',
      '/docs',
      '/docs/swagger-ui.css',
      '/openapi.json',
      '/media/x?signature=1',
    ])('leaves %s alone', (target) => {
      expect(violations('GET', target, { text: 'anything', headers: { 'content-type': 'text/plain' } })).toEqual([]);
    });

    it('reports a success outside the specification', () => {
      expect(violations('GET', '/secrets', { body: [] })).toEqual([expect.stringContaining('no GET /secrets')]);
      expect(violations('GET', '/documents', { body: [] })).toEqual([expect.stringContaining('no GET /documents')]);
      expect(violations('PATCH', '/flows', { status: 204 })).toEqual([expect.stringContaining('no PATCH /flows')]);
    });

    it('permits refusing what is outside the specification', () => {
      expect(violations('GET', '/secrets', { status: 404, body: problem(404) })).toEqual([]);
      expect(
        violations('PATCH', '/flows', { status: 405, headers: { allow: 'GET, HEAD' }, body: problem(405) }),
      ).toEqual([]);
      expect(violations('OPTIONS', '/flows', { status: 204 })).toEqual([]);
    });

    it('wants a listed error for what is outside the specification', () => {
      expect(violations('GET', '/secrets', { status: 500, body: problem(500) })).toEqual([
        expect.stringContaining('expected 404'),
      ]);
      expect(violations('PATCH', '/flows', { status: 501, body: problem(501) })).toEqual([
        expect.stringContaining('expected 405'),
      ]);
    });
  });

  describe('errors', () => {
    it.each([400, 404])('accepts the documented %d', (status) => {
      expect(violations('GET', '/flows/x', { status, body: problem(status) })).toEqual([]);
    });

    it.each([413, 415, 429, 503])('accepts the generally permitted %d', (status) => {
      expect(violations('GET', '/flows/x', { status, body: problem(status) })).toEqual([]);
    });

    it.each([402, 403, 409, 418, 422, 500, 501])('reports the undocumented %d', (status) => {
      expect(violations('GET', '/flows/x', { status, body: problem(status) })).toEqual([
        expect.stringContaining(`status ${status} is not documented for GET_flows-flowId`),
      ]);
    });

    it.each([
      [
        'another type',
        { headers: { 'content-type': 'application/json' }, body: problem(404) },
        'application/problem+json',
      ],
      ['no JSON', { text: '<html>' }, 'not JSON'],
      ['no object', { body: ['wrong'] }, 'not a JSON object'],
      ['no title', { body: problem(404, { title: undefined }) }, 'no title'],
      ['an empty detail', { body: problem(404, { detail: '' }) }, 'no detail'],
      ['another status', { body: problem(400) }, 'says status 400'],
      ['odd errors', { body: problem(404, { errors: ['limit'] }) }, 'errors that are not a list'],
    ])('reports a problem with %s', (_, parts, message) => {
      expect(violations('GET', '/flows/x', { status: 404, ...parts })).toEqual([expect.stringContaining(message)]);
    });

    it('accepts a problem with validation errors', () => {
      const body = problem(400, { errors: [{ path: 'limit', message: 'must be an integer' }] });
      expect(violations('GET', '/flows', { status: 400, body })).toEqual([]);
    });

    it('wants Allow with 405 and WWW-Authenticate with 401', () => {
      expect(violations('PATCH', '/flows', { status: 405, body: problem(405) })).toEqual([
        expect.stringContaining('Allow'),
      ]);
      expect(violations('GET', '/flows', { status: 401, body: problem(401) })).toEqual([
        expect.stringContaining('WWW-Authenticate'),
      ]);
    });
  });

  describe('answers', () => {
    const invalidInSpecification = ['examples/flow-get-200-data-ttml.json', 'examples/flow-get-200-multi.json'];

    it.each(
      responseExamples(specification)
        .filter((example) => !invalidInSpecification.includes(example.file ?? ''))
        .map((example) => ({ title: `${example.operation.id} ${example.status} ${example.name}`, ...example })),
    )('accepts the body of $title', ({ operation, status, body }) => {
      const sent = requestExamples(specification).find((example) => example.operation === operation)?.body;
      const found = violations(operation.method, realPath(operation.path), { status, body, sent });
      expect(found.filter((line) => !line.includes('header'))).toEqual([]);
    });

    it('reports a body that is wrong, missing, of another type or not documented', () => {
      expect(violations('GET', '/service', { body: { type: 'x' } })).toContainEqual(
        expect.stringContaining("'api_version'"),
      );
      expect(violations('GET', '/service')).toEqual([expect.stringContaining('the body is not JSON')]);
      const label = `/flows/${flowId}/label`;
      expect(violations('GET', label, { body: 'a', headers: { 'content-type': 'text/json' } })).toEqual([
        'the body should be application/json, found text/json',
      ]);
      expect(
        violations('GET', label, { body: 'a', headers: { 'content-type': 'application/json; charset=utf-8' } }),
      ).toEqual([]);
      expect(violations('PUT', label, { status: 204, sent: 'a', text: '"a"' })).toEqual([
        '204 is documented without a body, but has one',
      ]);
    });

    it('reports an undocumented success', () => {
      expect(violations('PUT', `/flows/${flowId}/label`, { status: 200, sent: 'a' })).toEqual([
        'status 200 is not documented for PUT_flows-flowId-label (documented: 204, 400, 403, 404)',
      ]);
    });

    it('wants the Location of a deletion that goes on', () => {
      const body = specification.readJson('examples/deletion-request-get-200.json');
      const at = (location?: string): string[] =>
        violations('DELETE', `/flows/${flowId}`, {
          status: 202,
          body,
          headers: location === undefined ? {} : { location },
        });
      expect(at()).toEqual(['documented header location is missing']);
      expect(at('https://example.com/tams/flow-delete-requests/1')).toEqual([]);
      expect(at('/flow-delete-requests/1')).toEqual([]);
      expect(at('/flow-delete-request/1')).toEqual([expect.stringContaining('leads to no operation')]);
    });
  });

  describe('requests', () => {
    it('reports a valid answer to an undocumented query parameter', () => {
      expect(violations('GET', '/flows?colour=red', { body: [], headers: paging })).toEqual([
        'query parameter colour is not documented for GET_flows',
      ]);
      expect(
        violations('GET', '/flows?tag.colour=red&tag_exists.b=true&access_token=x', { body: [], headers: paging }),
      ).toEqual([]);
    });

    it('does not mind a refused one', () => {
      expect(violations('GET', '/flows?colour=red&limit=many', { status: 400, body: problem(400) })).toEqual([]);
    });

    it('reports accepted values that the specification forbids', () => {
      expect(violations('GET', '/flows?limit=many', { body: [], headers: paging })).toEqual([
        'accepted an invalid query parameter limit: the value must be integer, found "many"',
      ]);
      expect(violations('GET', '/flows/NO-UUID/label', { body: 'a' })).toEqual([
        expect.stringContaining('accepted an invalid path parameter flowId'),
      ]);
      expect(violations('PUT', `/flows/${flowId}/read_only`, { status: 204, sent: 'yes' })).toEqual([
        'accepted an invalid request body: the value must be boolean, found "yes"',
      ]);
    });

    it.each([
      ['no body', { sentText: '' }, 'without the required body'],
      ['no type', { sentText: 'true', sentType: '' }, 'no type'],
      ['another type', { sentText: 'true', sentType: 'text/plain' }, 'text/plain'],
      ['broken JSON', { sentText: '{' }, 'not JSON'],
    ])('reports that %s was accepted', (_, parts, message) => {
      expect(violations('PUT', `/flows/${flowId}/read_only`, { status: 204, ...parts })).toEqual([
        expect.stringContaining(message),
      ]);
    });

    it('lets a batch of segments hold wrong ones when it succeeds in part, and only then', () => {
      const target = `/flows/${flowId}/segments`;
      const sent = [{ object_id: 'a' }];
      expect(violations('POST', target, { status: 200, sent, body: { failed_segments: sent } })).toEqual([]);
      expect(violations('POST', target, { status: 201, sent })).toContainEqual(expect.stringContaining("'timerange'"));
    });
  });

  describe('paging', () => {
    const page = { ...paging, 'x-paging-nextkey': 'abc', 'x-paging-count': '1', 'x-paging-limit': '1' };
    const source = specification.readJson('examples/source-get-200-basic.json');
    const list = (target: string, headers: Record<string, string>): string[] =>
      violations('GET', target, { body: [source], headers });
    const link = (query: string): string => `<https://example.com/tams/sources?${query}>; rel="next"`;

    it('accepts a page with a next one', () => {
      expect(list('/sources?limit=1&label=a%2Cb', { ...page, link: link('label=a%2Cb&limit=1&page=abc') })).toEqual([]);
    });

    it('wants every X-Paging header of a listing', () => {
      expect(list('/sources', {})).toEqual([
        'documented header x-paging-limit is missing',
        'documented header x-paging-count is missing',
        'documented header x-paging-reverse-order is missing',
      ]);
      expect(violations('HEAD', '/sources')).toContain('documented header x-paging-limit is missing');
    });

    it.each([
      ['relative', '</sources?limit=1&page=abc>; rel="next"'],
      ['unquoted', '<https://example.com/sources?limit=1&page=abc>; rel=next'],
      ['of another relation', '<https://example.com/sources?limit=1&page=abc>; rel="prev"'],
      ['given twice', `${link('limit=1&page=abc')}, ${link('limit=1&page=abc')}`],
      ['with a bare comma', link('limit=1&page=abc&label=a,b')],
      ['with a bare semicolon', link('limit=1&page=abc&label=a;b')],
    ])('reports a Link that is %s', (_, value) => {
      expect(list('/sources?limit=1', { ...page, link: value })).toEqual([
        expect.stringContaining('Link should be one'),
      ]);
    });

    it.each([
      ['the page differs from the next key', '/sources', page, link('page=other'), 'not X-Paging-NextKey'],
      ['a filter is lost', '/sources?label=a', page, link('page=abc'), 'loses the query parameter label'],
      ['the limit is lost', '/sources?limit=1', page, link('page=abc'), 'loses the query parameter limit'],
      [
        'it leads elsewhere',
        '/sources',
        page,
        '<https://example.com/flows?page=abc>; rel="next"',
        'away from /sources',
      ],
    ])('reports a Link when %s', (_, target, headers, value, message) => {
      expect(list(target, { ...headers, link: value })).toEqual([expect.stringContaining(message)]);
    });

    it('wants Link and X-Paging-NextKey together', () => {
      expect(list('/sources', page)).toEqual(['X-Paging-NextKey is given without a Link']);
      const withoutKey = { ...paging, 'x-paging-count': '1', 'x-paging-limit': '1' };
      expect(list('/sources', { ...withoutKey, link: link('page=abc') })).toEqual([
        'Link is given without X-Paging-NextKey',
      ]);
    });

    it('compares the headers with the body and the request', () => {
      expect(list('/sources', { ...paging, 'x-paging-count': '7' })).toEqual([
        'X-Paging-Count is 7, but the body has 1 items',
      ]);
      expect(list('/sources', { ...paging, 'x-paging-count': '1', 'x-paging-limit': '0' })).toEqual([
        '1 items exceed X-Paging-Limit 0',
      ]);
      expect(list('/sources?limit=5', { ...paging, 'x-paging-count': '1' })).toEqual([
        'X-Paging-Limit is 100, above the limit asked for (5)',
      ]);
      expect(list('/sources?reverse_order=true', { ...paging, 'x-paging-count': '1' })).toEqual([
        'X-Paging-Reverse-Order is false, asked for was true',
      ]);
      expect(list('/sources', { ...paging, 'x-paging-count': 'one' })).toContainEqual(
        expect.stringContaining('must be integer'),
      );
      const empty = { ...paging, 'x-paging-nextkey': 'abc', link: link('page=abc') };
      expect(violations('GET', '/sources', { body: [], headers: empty })).toEqual([
        'an empty page has a Link to a next one',
      ]);
    });

    it('wants the timerange of a page of segments', () => {
      const target = `/flows/${flowId}/segments`;
      expect(violations('GET', target, { body: [], headers: paging })).toEqual([
        'documented header x-paging-timerange is missing',
      ]);
      expect(violations('GET', target, { body: [], headers: { ...paging, 'x-paging-timerange': '()' } })).toEqual([]);
      expect(violations('GET', target, { body: [], headers: { ...paging, 'x-paging-timerange': '1s' } })).toHaveLength(
        1,
      );
    });
  });

  describe('HEAD', () => {
    it('has no body and the type of the GET', () => {
      expect(violations('HEAD', '/service')).toEqual([]);
      expect(violations('HEAD', '/service', { text: '{}' })).toEqual(['an answer to HEAD has a body']);
      expect(violations('HEAD', '/service', { headers: { 'content-type': 'text/plain' } })).toHaveLength(1);
      expect(violations('HEAD', `/flows/${flowId}`, { status: 404 })).toEqual([]);
    });

    it('has the headers of the GET', () => {
      const get = exchange('GET', '/flows', { body: [], headers: { ...paging, 'content-length': '2', date: 'now' } });
      const head = (headers: Record<string, string>, status = 200): (() => void) => {
        const one = exchange('HEAD', '/flows', { headers, status });
        return () => {
          checker.checkHead(one, get);
        };
      };
      expect(head({ ...paging, date: 'later' })).not.toThrow();
      expect(head({ ...paging, 'content-length': '2' })).not.toThrow();
      expect(head({ ...paging, 'content-length': '3' })).toThrow('content-length');
      expect(head({})).toThrow('header x-paging-limit: HEAD has none, GET has 100');
      expect(head(paging, 404)).toThrow('HEAD answers 404, GET answers 200');
    });
  });

  it('throws every violation at once, with the exchange and the beginning of its body', () => {
    const wrong = exchange('GET', '/service?x=1', { body: { type: 5 } });
    expect(() => {
      checker.check(wrong);
    }).toThrow(ContractViolation);
    expect(() => {
      checker.check(wrong);
    }).toThrow(
      /^GET \/service\?x=1 -> 200 breaks the TAMS contract:\n( {2}- .*\n){4,}The answer's body begins: {"type":5}$/,
    );
  });
});

/** A path of the operation with real values. */
function realPath(template: string): string {
  return template
    .replace('{name}', 'quality')
    .replace('{objectId}', 'a%2Fb')
    .replaceAll(/\{[^}]+\}/g, flowId);
}
