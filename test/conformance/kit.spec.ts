import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeWithSpecification } from '../contract/specification-suite';
import { startTestServer, type TestServer } from '../support/test-server';
import { clauses, runKit } from './kit';
import { junitReport, textReport } from './report';

jest.setTimeout(300_000);

describeWithSpecification('the conformance kit', (specification) => {
  let tams: TestServer;
  beforeAll(async () => {
    tams = await startTestServer();
  });
  afterAll(() => tams.stop());

  it('finds every clause kept by this server, and leaves nothing behind', async () => {
    const { verdicts, leftBehind } = await runKit({ url: tams.url, headers: {}, specification });
    expect(
      verdicts.filter(({ outcome }) => outcome !== 'kept').map(({ clause, reasons }) => [clause, reasons]),
    ).toEqual([]);
    expect(verdicts).toHaveLength(clauses.length);
    expect(leftBehind).toEqual([]);
    for (const path of ['/flows', '/sources', '/service/webhooks']) {
      expect((await tams.client.get(path)).body).toEqual([]);
    }
    expect(textReport(verdicts)).toContain(`${clauses.length} clauses kept, 0 broken`);
  });

  describe('with a server that answers nonsense', () => {
    let server: Server;
    beforeAll(async () => {
      server = createServer((request, response) => {
        request.resume();
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"<nonsense>": "&"}');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    afterAll(() => server.close());

    it('finds every clause broken, says why, and writes XML', async () => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { verdicts } = await runKit({ url, headers: {}, specification });
      expect(verdicts.filter(({ outcome }) => outcome === 'kept')).toEqual([]);
      for (const { reasons } of verdicts) expect(reasons.join('')).not.toBe('');
      const xml = junitReport(verdicts);
      expect(xml.match(/<testcase /g)).toHaveLength(clauses.length);
      expect(xml.match(/<failure /g)).toHaveLength(clauses.length);
      expect(xml).not.toMatch(/<nonsense>/);
    });
  });
});
