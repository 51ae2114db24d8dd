import type { Board } from '../board';
import { figure, lines, type Panel, type PanelSettings } from '../panels';

/** An objective as the recording rules measure it (deploy/prometheus/rules/recording.yml). */
interface Objective {
  readonly name: string;
  readonly what: string;
  /** Prefix of the recorded ratios: `<ratio>5m`, `<ratio>1h`, up to `<ratio>30d`. */
  readonly ratio: string;
  /** Share of the requests that may miss it. */
  readonly budget: number;
}

const windows = ['5m', '30m', '1h', '6h', '3d'];
const tenths = { decimals: 3 } satisfies Partial<PanelSettings>;

const availability: Objective = {
  name: 'Availability',
  what: 'requests answered 5xx',
  ratio: 'tams:slo_errors:ratio_rate',
  budget: 0.001,
};

const latency: Objective = {
  name: 'Latency',
  what: 'requests that took longer than 0.25 s',
  ratio: 'tams:slo_slow:ratio_rate',
  budget: 0.01,
};

function panelsOf({ name, what, ratio, budget }: Objective): Panel[] {
  const objective = `${(1 - budget) * 100} %`;
  return [
    figure({
      ...tenths,
      title: `${name}: 30 days`,
      description: `Share of the requests of 30 days that met the objective of ${objective}.`,
      unit: 'percentunit',
      width: 8,
      limits: { warnBelow: 1 - budget / 2, badBelow: 1 - budget },
      queries: [{ expr: `1 - ${ratio}30d`, legend: 'met' }],
    }),
    figure({
      ...tenths,
      title: `${name}: budget left`,
      description: `What is left of the error budget of 30 days (${what}). At 0 the objective of ${objective} is missed: stop risky changes.`,
      unit: 'percentunit',
      width: 8,
      limits: { warnBelow: 0.5, badBelow: 0 },
      queries: [{ expr: `1 - ${ratio}30d / ${budget}`, legend: 'left' }],
    }),
    figure({
      title: `${name}: burn rate now`,
      description:
        'How fast the budget is being spent in the last hour; 1 lasts exactly 30 days. Pages fire at 14.4 (1 h) and 6 (6 h).',
      unit: 'none',
      decimals: 1,
      width: 8,
      limits: { warn: 1, bad: 14.4 },
      queries: [{ expr: `${ratio}1h / ${budget}`, legend: 'burn rate' }],
    }),
    lines({
      title: `${name}: burn rate by window`,
      description:
        'The windows of the alerts: 1 h with 5 m, 6 h with 30 m, 3 d with 6 h. Dashed: 6 and 14.4, where pages fire.',
      unit: 'none',
      limits: { warn: 6, bad: 14.4 },
      queries: windows.map((window) => ({ expr: `${ratio}${window} / ${budget}`, legend: window })),
    }),
    lines({
      title: `${name}: share of ${what}`,
      description: `As measured over 5 minutes and an hour. Dashed: the objective (${objective}), and where the fast burn pages.`,
      unit: 'percentunit',
      limits: { warn: budget, bad: 14.4 * budget },
      queries: ['5m', '1h'].map((window) => ({ expr: `${ratio}${window}`, legend: window })),
    }),
  ];
}

/** The objectives and how much of their budgets is left. */
export const slo: Board = {
  uid: 'tams-slo',
  title: 'TAMS SLO',
  description:
    'Objectives over 30 days: 99.9 % of the requests are not answered 5xx; 99 % are answered within 0.25 s. Probes, scrapes and media streams do not count.',
  rows: [
    { title: 'Availability', panels: panelsOf(availability) },
    { title: 'Latency', panels: panelsOf(latency) },
    {
      title: 'Traffic',
      panels: [
        lines({
          title: 'Requests that count',
          description:
            'Requests in each window. Alerts stay quiet below 100 in an hour, 300 in six hours and 1,000 in three days: a ratio would mean nothing.',
          unit: 'short',
          width: 24,
          limits: { warnBelow: 100, badBelow: 1 },
          queries: windows.map((window) => ({ expr: `tams:slo_requests:increase${window}`, legend: window })),
        }),
      ],
    },
  ],
};
