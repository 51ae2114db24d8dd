import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './shipped-files';

const script = join(ROOT, 'deploy/alertmanager/render-config.sh');

interface Rendered {
  readonly route: { readonly receiver: string; readonly routes: readonly { readonly receiver: string }[] };
  readonly receivers: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];
}

function render(environment: Readonly<Record<string, string>>) {
  return spawnSync('sh', [script], { env: { PATH: process.env['PATH'], ...environment }, encoding: 'utf8' });
}

function rendered(environment: Readonly<Record<string, string>>): Rendered {
  const { stdout, stderr, status } = render(environment);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return parse(stdout) as Rendered;
}

/** Kinds of receivers that pages and tickets reach. */
function reached(environment: Readonly<Record<string, string>>): Record<string, string[]> {
  return Object.fromEntries(
    rendered(environment).receivers.map(({ name, ...kinds }) => [name, Object.keys(kinds).toSorted()]),
  );
}

const email = { ALERT_EMAIL_TO: 'a@b.example', SMTP_SMARTHOST: 'mail:25', SMTP_FROM: 'c@d.example' };
const slack = { ALERT_SLACK_WEBHOOK_URL: 'https://hooks.example/x' };
const pagerduty = { ALERT_PAGERDUTY_ROUTING_KEY: 'key' };
const webhook = { ALERT_WEBHOOK_URL: 'http://receiver.example/' };

it('without variables every receiver is silent', () => {
  expect(reached({})).toEqual({ page: [], ticket: [], heartbeat: [] });
});

it.each([
  ['email', email, { page: ['email_configs'], ticket: ['email_configs'] }],
  ['Slack', slack, { page: ['slack_configs'], ticket: ['slack_configs'] }],
  ['PagerDuty, for pages only', pagerduty, { page: ['pagerduty_configs'], ticket: [] }],
  [
    'the heartbeat',
    { ALERT_HEARTBEAT_URL: 'http://heartbeat.example/' },
    { page: [], ticket: [], heartbeat: ['webhook_configs'] },
  ],
  ['webhook', webhook, { page: ['webhook_configs'], ticket: ['webhook_configs'] }],
])('%s is switched on by its variables', (_name, environment, expected) => {
  expect(reached(environment)).toEqual({ heartbeat: [], ...expected });
});

it('receivers work side by side, and secrets arrive as they are', () => {
  const password = `it's "odd" #: {}`;
  const all = rendered({ ...email, ...slack, ...pagerduty, ...webhook, SMTP_USERNAME: 'u', SMTP_PASSWORD: password });
  const [page] = all.receivers;
  expect(Object.keys(page ?? {})).toHaveLength(5);
  expect(page?.['email_configs']).toMatchObject([{ auth_username: 'u', auth_password: password, to: 'a@b.example' }]);
});

it.each([
  ['email without a server', { ALERT_EMAIL_TO: 'a@b.example' }, 'SMTP_SMARTHOST'],
  ['a user without a password', { ...email, SMTP_USERNAME: 'u' }, 'SMTP_PASSWORD'],
  ['a duration that is none', { ALERT_GROUP_WAIT: 'soon' }, 'not a duration'],
  ['a line break in a secret', { ALERT_WEBHOOK_URL: 'http://x\n  evil: true' }, 'line break'],
])('refuses %s', (_name, environment, message) => {
  const { status, stderr } = render(environment);
  expect(status).not.toBe(0);
  expect(stderr).toContain(message);
});

it('pages and tickets are routed to the receivers of their names', () => {
  const { route } = rendered({});
  expect(route).toMatchObject({
    receiver: 'ticket',
    routes: [
      { matchers: ['severity="page"'], receiver: 'page' },
      { matchers: ['severity="ticket"'], receiver: 'ticket' },
      { matchers: ['severity="heartbeat"'], receiver: 'heartbeat' },
    ],
  });
});
