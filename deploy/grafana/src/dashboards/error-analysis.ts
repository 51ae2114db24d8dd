import type { Board } from '../board';
import { bars, figure, lines, logLines } from '../panels';
import { orZero, rate, share, total } from '../queries';

const ours = { where: 'status_code=~"5.."' };
const clients = { where: 'status_code=~"4.."' };

/** What goes wrong, where, and whose doing it is. */
export const errorAnalysis: Board = {
  uid: 'tams-error-analysis',
  title: 'TAMS Error Analysis',
  description:
    'What goes wrong, where, and whose doing it is. The correlation_id of a problem finds its log lines and its trace.',
  rows: [
    {
      title: 'How much',
      panels: [
        figure({
          title: 'Server errors (5xx)',
          description: 'Share of the responses that are 5xx: our doing. The objective allows 0.1 %.',
          unit: 'percentunit',
          decimals: 2,
          width: 6,
          limits: { warn: 0.001, bad: 0.0144 },
          queries: [{ expr: share(rate('httpRequests', ours), rate('httpRequests')), legend: '5xx' }],
        }),
        figure({
          title: 'Refused requests (4xx)',
          description:
            'Share of the responses that are 4xx: a client asks for what cannot be. A jump is often a client after an update.',
          unit: 'percentunit',
          decimals: 1,
          width: 6,
          limits: { warn: 0.2, bad: 0.5 },
          queries: [{ expr: share(rate('httpRequests', clients), rate('httpRequests')), legend: '4xx' }],
        }),
        figure({
          title: 'Clients that left',
          description:
            'Requests per second whose client closed the connection before the answer was complete (499). Often the sign of slow answers.',
          unit: 'reqps',
          width: 6,
          limits: { warn: 0.5, bad: 5 },
          queries: [{ expr: orZero(rate('httpRequests', { where: 'status_code="499"' })), legend: '499' }],
        }),
        figure({
          title: 'Kinds of problems',
          description: 'How many different problem codes were seen in the time range of this dashboard.',
          unit: 'short',
          width: 6,
          limits: 'neutral',
          queries: [
            { expr: orZero(`count(${total('errors', { by: ['type'] })} > 0)`), legend: 'kinds', instant: true },
          ],
        }),
      ],
    },
    {
      title: 'What and where',
      panels: [
        lines({
          title: 'Responses by status',
          description: 'Responses per second by HTTP status, successes left out.',
          unit: 'reqps',
          limits: 'neutral',
          stacked: true,
          colors: { '/^4/': 'orange', '/^5/': 'red' },
          queries: [
            {
              expr: rate('httpRequests', { where: 'status_code!~"2..|3.."', by: ['status_code'] }),
              legend: '{{status_code}}',
            },
          ],
        }),
        lines({
          title: 'Problems by code',
          description: 'Problems per second by their code, as `type` of the problem document ends.',
          unit: 'ops',
          limits: 'neutral',
          queries: [{ expr: rate('errors', { by: ['type'] }), legend: '{{type}}' }],
        }),
        lines({
          title: 'Problems by endpoint',
          description: 'Problems per second by route template; `unmatched` are paths the server does not have.',
          unit: 'ops',
          limits: 'neutral',
          queries: [{ expr: rate('errors', { by: ['endpoint'] }), legend: '{{endpoint}}' }],
        }),
        lines({
          title: 'Server errors by endpoint',
          description: '5xx per second by route template. Anything here spends the error budget.',
          unit: 'reqps',
          limits: { warn: 0.01, bad: 1 },
          queries: [
            {
              expr: orZero(rate('httpRequests', { ...ours, by: ['method', 'endpoint'] })),
              legend: '{{method}} {{endpoint}}',
            },
          ],
        }),
        bars({
          title: 'Most frequent problems in the time range',
          description: 'The ten most frequent pairs of problem code and endpoint.',
          unit: 'short',
          width: 24,
          limits: 'neutral',
          queries: [
            { expr: `topk(10, ${total('errors', { by: ['type', 'endpoint'] })})`, legend: '{{type}} {{endpoint}}' },
          ],
        }),
      ],
    },
    {
      title: 'What they come from',
      panels: [
        lines({
          title: 'Failed statements',
          description:
            'Statements per second the metadata store refused or did not answer (alert TamsMetadataStoreFailing from 0.1 on). Some, such as conflicts of concurrent writers, are part of a normal life.',
          unit: 'ops',
          limits: { warn: 0.1, bad: 1 },
          queries: [{ expr: orZero(rate('queryErrors', { by: ['query_type'] })), legend: '{{query_type}}' }],
        }),
        lines({
          title: 'Failed calls to storage backends',
          description: 'Failed calls to object storage per second.',
          unit: 'ops',
          limits: { warn: 0.01, bad: 1 },
          queries: [
            {
              expr: orZero(rate('s3Errors', { by: ['operation', 'storage_backend'] })),
              legend: '{{operation}} {{storage_backend}}',
            },
          ],
        }),
        lines({
          title: 'Operations that did not succeed',
          description:
            'Business operations per second by outcome: `rejected` broke a rule of the domain, `error` is ours.',
          unit: 'ops',
          limits: 'neutral',
          queries: [
            {
              expr: rate('segmentOperations', { where: 'status!="success"', by: ['operation', 'status'] }),
              legend: 'segment {{operation}} {{status}}',
            },
            {
              expr: rate('flowOperations', { where: 'status!="success"', by: ['operation', 'status'] }),
              legend: 'flow {{operation}} {{status}}',
            },
          ],
        }),
        lines({
          title: 'Failed refreshes of gauges',
          description:
            'Attempts per second to read the gauges of the store that failed; while they fail, dashboards show old figures.',
          unit: 'ops',
          limits: { warn: 0.01, bad: 0.1 },
          queries: [{ expr: orZero(rate('gaugeRefreshes', { where: 'outcome="error"' })), legend: 'failed' }],
        }),
      ],
    },
    {
      title: 'Log, for those who keep it in a Loki',
      panels: [
        logLines({
          title: 'What the server says of it',
          description:
            'Lines of level warn and above, newest first; cause and correlation_id are in each. Needs a Loki data source whose lines have the label service="tams-api" (docs/operations.md); without one this panel stays empty, and docker compose logs api has the same lines.',
          query: '{service="tams-api"} | json | level=~"warn|error|fatal"',
        }),
      ],
    },
  ],
};
