// `npm run status -- [options]`: how a running server is, in a terminal, with nothing but the server: /health, and /insight where
// the caller may (administrators), or else /metrics.
import { setTimeout as delay } from 'node:timers/promises';
import { styleText } from 'node:util';
import { readOptions, refuse } from './options.mjs';
import { serverOf, serverOptions, serverUsage } from './server-access.mjs';

const usage = `Usage: npm run status -- [options]

How a running server is: what does not work and why, each part, the last hour for administrators, and with --watch what it is doing.
${serverUsage}
  --watch            again every 5 seconds, with requests, errors and latency since the time before; Ctrl-C ends it
  --every SECONDS    another pause for --watch
  --json             what it found as JSON, a line each time

Ends with 0 when all is well, 1 when a part the server can do without is unwell, 2 when the server does not work or answer.`;

const { values } = readOptions(usage, {
  ...serverOptions,
  watch: { type: 'boolean' },
  every: { type: 'string' },
  json: { type: 'boolean' },
});
const { url, get } = serverOf(values, usage);
const every = Number(values.every ?? 5);
if (!(every >= 1)) refuse('--every is a number of seconds, 1 or more', usage);
const EXIT_CODES = { ok: 0, degraded: 1, error: 2 };
const COLOURS = { ok: 'green', up: 'green', degraded: 'yellow', error: 'red', down: 'red' };
const BARS = '▁▂▃▄▅▆▇█';
/** Probes and scrapes are not what people do. */
const PROBES = /^\/(livez|readyz|health|metrics)$/;
/** Columns of a bar. */
const BAR_COLUMNS = 30;
/** Points of a sparkline. */
const HISTORY = 60;

const colour = (name, text) => styleText(COLOURS[name] ?? name, text, { stream: process.stdout });

/** What /health says; a server that does not answer is an error like any other. */
async function health() {
  try {
    const answer = await get('/health', 'application/json');
    const body = await answer.json();
    if (answer.status === 401 || answer.status === 403)
      return { status: 'error', summary: `Not allowed: ${body.detail}` };
    return body;
  } catch (error) {
    const reason = error.cause?.code ?? error.cause?.message ?? error.message;
    return {
      status: 'error',
      summary: `No server answers at ${url} (${reason}). \`npm start\` starts one; --url names another.`,
    };
  }
}

/** Requests of people so far: all, those answered 5xx, and how many took how long. */
async function requests() {
  const answer = await get('/metrics', 'text/plain').catch(() => undefined);
  if (!answer?.ok) return undefined;
  const figures = { at: performance.now(), all: 0, failed: 0, buckets: new Map() };
  for (const line of (await answer.text()).split('\n')) {
    const [, name, labels, value] =
      /^(tams_http_requests_total|tams_http_request_duration_seconds_bucket)\{(.*)\} (\S+)/.exec(line) ?? [];
    if (name === undefined || PROBES.test(/endpoint="([^"]*)"/.exec(labels)?.[1] ?? '')) continue;
    if (name === 'tams_http_requests_total') {
      figures.all += Number(value);
      if (/status_code="5/.test(labels)) figures.failed += Number(value);
    } else if (/outcome="success"/.test(labels)) {
      const bound = Number(/le="([^"]*)"/.exec(labels)?.[1].replace('+Inf', 'Infinity'));
      figures.buckets.set(bound, (figures.buckets.get(bound) ?? 0) + Number(value));
    }
  }
  return figures;
}

/** What was done between two looks. */
function between(before, now) {
  if (!before || !now) return undefined;
  const seconds = (now.at - before.at) / 1000;
  const grown = [...now.buckets]
    .map(([bound, count]) => [bound, count - (before.buckets.get(bound) ?? 0)])
    .sort(([a], [b]) => a - b);
  const total = grown.at(-1)?.[1] ?? 0;
  return {
    requests_per_second: (now.all - before.all) / seconds,
    errors_per_second: (now.failed - before.failed) / seconds,
    ...(total > 0 && { p95_seconds_at_most: grown.find(([, count]) => count >= 0.95 * total)[0] }),
  };
}

/** Figures of the last hour that are drawn, and how each is called. */
const LINES = {
  requests_2xx: 'requests 2xx',
  requests_4xx: 'requests 4xx',
  requests_5xx: 'requests 5xx',
  request_p95: 'p95',
  requests_in_flight: 'in flight',
  statements: 'statements',
  storage_calls: 'storage calls',
  segments_ingested: 'segments in',
  deliveries_failed: 'events failed',
  cpu: 'cores',
  memory: 'memory',
  event_loop_delay: 'loop held up',
};

/** The last hour, where the caller may see it; `undefined` otherwise. */
async function lastHour() {
  const answer = await get(`/insight/series?names=${Object.keys(LINES).join(',')}`, 'application/json').catch(
    () => undefined,
  );
  return answer?.ok ? (await answer.json()).series : undefined;
}

/** What goes on just now, where the caller may see it; `undefined` otherwise. */
async function rightNow() {
  const answer = await get('/insight/now', 'application/json').catch(() => undefined);
  return answer?.ok ? await answer.json() : undefined;
}

/** A figure as people read it. */
function valueText(value, unit) {
  if (value === null || value === undefined) return '-';
  if (unit === 's') return value < 1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(1)} s`;
  if (unit === 'bytes') return `${(value / 1e6).toFixed(0)} MB`;
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(1)}${unit.endsWith('/s') && unit !== 'seconds/s' ? '/s' : ''}`;
}

/** Points in as many columns as there are: the highest of each. */
function columnsOf(points, columns) {
  const size = Math.ceil(points.length / columns) || 1;
  return Array.from({ length: Math.ceil(points.length / size) }, (_, column) =>
    Math.max(0, ...points.slice(column * size, (column + 1) * size).map((point) => point ?? 0)),
  );
}

function drawLastHour(series, width) {
  for (const { name, unit, points } of series) {
    const head = `${LINES[name].padEnd(14)} ${valueText(points.at(-1), unit).padStart(10)}  `;
    const highest = Math.max(0, ...points.map((point) => point ?? 0));
    const tail = `  to ${valueText(highest, unit)}`;
    const line = sparkline(columnsOf(points, Math.max(10, width - head.length - tail.length - 4)));
    console.log(`  ${head}${name === 'requests_5xx' && highest > 0 ? colour('red', line) : line}${tail}`);
  }
}

/** How far a job is: a bar where it is known how much there is, and how many, how fast. */
function progressText({ about, unit, done, total, per_second: rate }, width) {
  const count = (value) => (unit === 'bytes' ? valueText(value, 'bytes') : Math.round(value).toLocaleString('en-GB'));
  const of = total === undefined ? '' : ` of ${count(total)}`;
  const speed = rate > 0 ? `, ${count(rate)}/s` : '';
  const words = `${count(done)}${of}${unit === 'bytes' ? '' : ` ${unit}`}${speed}`;
  const columns = Math.min(BAR_COLUMNS, width - words.length - 4);
  if (!(total > 0) || columns < 5) return `${words}  ${about}`;
  const filled = Math.min(columns, Math.floor((done / total) * columns));
  return `${'█'.repeat(filled)}${'░'.repeat(columns - filled)} ${words}  ${about}`;
}

function drawJobs(jobs, width) {
  for (const { kind, state, seconds, progress, stop } of jobs) {
    const ending = stop ? `, stopping, by ${stop.by}` : '';
    console.log(`  ${`job ${kind}, ${state} for ${valueText(seconds, 's')}${ending}`.slice(0, width)}`);
    if (progress) console.log(`    ${progressText(progress, width - 4).slice(0, width - 2)}`);
  }
}

function sparkline(points) {
  const most = Math.max(...points, 1e-9);
  return points.map((point) => BARS[Math.round((point / most) * (BARS.length - 1))]).join('');
}

/** A fact as people read it: sizes in GB. */
function factText([fact, value]) {
  if (fact.endsWith('_bytes')) return `${fact.slice(0, -'_bytes'.length)} ${(value / 1e9).toFixed(1)} GB`;
  return `${fact} ${typeof value === 'object' ? JSON.stringify(value) : value}`;
}

function partLine(name, { status, latency_ms: latency, message, ...facts }, width) {
  const details = Object.entries(facts).map(factText);
  const head = `${status.padEnd(8)} ${name.padEnd(20)} ${`${latency} ms`.padStart(10)}  `;
  const text = message ?? details.join(', ');
  return `${colour(status, head)}${text.slice(0, Math.max(20, width - head.length))}`;
}

function draw({ report, activity, series, now }, history) {
  const width = process.stdout.columns ?? 120;
  console.log(`${colour(report.status, '●')} ${report.summary ?? report.status}`);
  if (report.runbook) console.log(`  What to do: ${url}${report.runbook}`);
  for (const [name, check] of Object.entries(report.checks ?? {})) console.log(`  ${partLine(name, check, width - 2)}`);
  if (!report.checks && report.version === undefined && report.status !== 'error')
    console.log('  The parts are shown to callers with a right: --token or --user.');
  if (now) drawJobs(now.jobs, width - 2);
  if (series) drawLastHour(series, width);
  else if (activity) {
    const rate = (value) => value.toFixed(1).padStart(8);
    const { p95_seconds_at_most: p95 } = activity;
    console.log(`  requests/s ${rate(activity.requests_per_second)}  ${sparkline(history.requests)}`);
    console.log(`  5xx/s      ${rate(activity.errors_per_second)}  ${sparkline(history.errors)}`);
    console.log(
      `  95 % of successes within ${p95 === undefined ? 'no time: there were none' : p95 === Infinity ? 'more than 10 s' : `${p95 * 1000} ms`}`,
    );
  }
}

async function look(before, history) {
  const [report, series, now] = [await health(), await lastHour(), await rightNow()];
  const counted = values.watch ? await requests() : undefined;
  const activity = between(before, counted);
  for (const [points, value] of [
    [history.requests, activity?.requests_per_second],
    [history.errors, activity?.errors_per_second],
  ])
    if (value !== undefined && points.push(value) > HISTORY) points.shift();
  if (values.json)
    console.log(
      JSON.stringify({
        at: new Date().toISOString(),
        url,
        ...report,
        ...(activity && { activity }),
        ...(now && { jobs: now.jobs }),
        ...(series && { figures: Object.fromEntries(series.map(({ name, points }) => [name, points.at(-1) ?? null])) }),
      }),
    );
  else {
    if (values.watch && process.stdout.isTTY) console.clear();
    if (values.watch) console.log(`${url}  ${new Date().toISOString().slice(0, 19)}Z`);
    draw({ report, activity, series, now }, history);
  }
  process.exitCode = EXIT_CODES[report.status] ?? 2;
  return counted;
}

const history = { requests: [], errors: [] };
let before = await look(undefined, history);
while (values.watch) {
  await delay(every * 1000);
  before = await look(before, history);
}
