import type { Board } from '../board';
import { bars, figure, lines } from '../panels';
import { mean, observations, ofStore, orZero, quantile, rate, total } from '../queries';

/** Flows and segments: what comes in, and whether live streams keep up. */
export const flowAnalytics: Board = {
  uid: 'tams-flow-analytics',
  title: 'TAMS Flow Analytics',
  description: 'What is ingested, by format, and whether live ingests keep up.',
  rows: [
    {
      title: 'Live ingest',
      panels: [
        figure({
          title: 'Flows ingesting',
          description: 'Flows whose status is ingesting, those silent for a day left out.',
          unit: 'short',
          width: 6,
          limits: 'neutral',
          queries: [{ expr: ofStore('flowsIngesting'), legend: 'ingesting' }],
        }),
        figure({
          title: 'Stalled',
          description: 'Of these, flows without a new segment for a minute (alert TamsIngestStalled).',
          unit: 'short',
          width: 6,
          limits: { bad: 1 },
          queries: [{ expr: ofStore('flowsStalled'), legend: 'stalled' }],
        }),
        figure({
          title: 'Longest silence',
          description:
            'Longest time an ingesting flow has been without a new segment. Streams register one every few seconds.',
          unit: 's',
          width: 6,
          limits: { warn: 30, bad: 60 },
          queries: [{ expr: ofStore('secondsSinceLastSegment'), legend: 'silence' }],
        }),
        figure({
          title: 'Live edge lag',
          description:
            'Largest distance from now back to the end of an ingesting flow whose timeline is the time of day (alert TamsLiveEdgeLagging from 120 s on).',
          unit: 's',
          width: 6,
          limits: { warn: 60, bad: 120 },
          queries: [{ expr: ofStore('liveEdgeLag'), legend: 'lag' }],
        }),
        lines({
          title: 'Live playlists behind now',
          description:
            'How far the live playlist that was made last ends behind now. Players add three target durations to it.',
          unit: 's',
          limits: { warn: 30, bad: 120 },
          queries: [{ expr: ofStore('playbackEdgeDistance'), legend: 'behind now' }],
        }),
        lines({
          title: 'Playback per second',
          description:
            'Playlists and entries that players ask for. A live playlist may wait for its next entry, so its time is not shown.',
          unit: 'ops',
          limits: 'neutral',
          queries: [
            {
              expr: observations('operationDuration', {
                where: 'operation=~"playback[.].*"',
                by: ['operation', 'status'],
              }),
              legend: '{{operation}} {{status}}',
            },
          ],
        }),
        lines({
          title: 'Ingesting and stalled flows',
          description:
            'How many flows are live, how many of them stand still, and how many were forgotten: silent for a day, and never closed.',
          unit: 'short',
          limits: 'neutral',
          queries: [
            { expr: ofStore('flowsIngesting'), legend: 'ingesting' },
            { expr: ofStore('flowsStalled'), legend: 'stalled' },
            { expr: ofStore('flowsForgotten'), legend: 'forgotten' },
          ],
        }),
        lines({
          title: 'Silence and lag',
          description:
            'The worst flow: seconds since its last segment, and how far its live edge is behind now. Dashed: 60 s and 120 s.',
          unit: 's',
          limits: { warn: 60, bad: 120 },
          queries: [
            { expr: ofStore('secondsSinceLastSegment'), legend: 'since last segment' },
            { expr: ofStore('liveEdgeLag'), legend: 'live edge lag' },
          ],
        }),
      ],
    },
    {
      title: 'Ingest',
      panels: [
        lines({
          title: 'Segments registered',
          description: 'Flow segments registered per second by format.',
          unit: 'ops',
          limits: 'neutral',
          stacked: true,
          queries: [{ expr: rate('segmentsIngested', { by: ['format'] }), legend: '{{format}}' }],
        }),
        lines({
          title: 'Media registered per second',
          description:
            'Seconds of media timeline registered each second: 1 is one stream in real time, more is many streams or faster than real time.',
          unit: 'none',
          limits: 'neutral',
          stacked: true,
          queries: [{ expr: rate('mediaIngested', { by: ['format'] }), legend: '{{format}}' }],
        }),
        bars({
          title: 'Media registered in the time range',
          description: 'Length of the media registered in the time range of this dashboard, by format.',
          unit: 's',
          limits: 'neutral',
          queries: [{ expr: total('mediaIngested', { by: ['format'] }), legend: '{{format}}' }],
        }),
        lines({
          title: 'Segments per registration',
          description:
            'How many segments one registration carries. Live ingesters send one at a time; bulk imports should send many.',
          unit: 'short',
          limits: 'neutral',
          queries: [
            {
              expr: `${rate('segmentsIngested')} / ${rate('segmentOperations', { where: 'operation="register",status="success"' })}`,
              legend: 'segments',
            },
          ],
        }),
      ],
    },
    {
      title: 'Operations',
      panels: [
        lines({
          title: 'Flow operations',
          description: 'Operations on flows per second.',
          unit: 'ops',
          limits: 'neutral',
          queries: [
            { expr: rate('flowOperations', { by: ['operation', 'status'] }), legend: '{{operation}} {{status}}' },
          ],
        }),
        lines({
          title: 'Segment operations',
          description:
            'Operations on segments per second; `rejected` is a registration that broke a rule, such as overlapping what is there.',
          unit: 'ops',
          limits: 'neutral',
          queries: [
            { expr: rate('segmentOperations', { by: ['operation', 'status'] }), legend: '{{operation}} {{status}}' },
          ],
        }),
        lines({
          title: 'Refused or failed operations',
          description:
            "Operations on flows and segments per second that did not succeed; `rejected` is the client's doing, `error` is ours.",
          unit: 'ops',
          limits: { warn: 1, bad: 10 },
          queries: [
            {
              expr: orZero(rate('flowOperations', { where: 'status!="success"', by: ['status'] })),
              legend: 'flows {{status}}',
            },
            {
              expr: orZero(rate('segmentOperations', { where: 'status!="success"', by: ['status'] })),
              legend: 'segments {{status}}',
            },
          ],
        }),
        lines({
          title: 'Time of operations (p95)',
          description:
            'Time business operations take inside the server, by name. The objective for a whole response is 0.25 s.',
          unit: 's',
          limits: { warn: 0.25, bad: 1 },
          queries: [
            { expr: quantile(0.95, 'operationDuration', { by: ['operation'] }), legend: '{{operation}}', traces: true },
          ],
        }),
        bars({
          title: 'Mean time of operations',
          description: 'Mean time of each business operation, as it is now.',
          unit: 's',
          limits: { warn: 0.1, bad: 0.25 },
          queries: [{ expr: mean('operationDuration', { by: ['operation'] }), legend: '{{operation}}' }],
        }),
        bars({
          title: 'Operations per second',
          description: 'How often each business operation is called now.',
          unit: 'ops',
          limits: 'neutral',
          queries: [{ expr: observations('operationDuration', { by: ['operation'] }), legend: '{{operation}}' }],
        }),
      ],
    },
  ],
};
