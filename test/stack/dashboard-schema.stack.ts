import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';
import { dashboardFiles, ROOT } from './shipped-files';

let validate: ValidateFunction;

/** A JSON schema made from the types of the installed @grafana/schema; a field they do not name is refused. */
beforeAll(() => {
  const schema = createGenerator({
    path: join(ROOT, 'test/stack/dashboard-shape.ts'),
    tsconfig: join(ROOT, 'tsconfig.json'),
    type: 'DashboardFile',
    additionalProperties: false,
    // npm run typecheck does that.
    skipTypeCheck: true,
  }).createSchema('DashboardFile') as Record<string, unknown>;
  validate = new Ajv({ allErrors: true, strict: false }).compile(schema);
}, 60_000);

const dashboards = dashboardFiles();

function mistakesOf(dashboard: unknown): string[] {
  validate(dashboard);
  return (validate.errors ?? []).map(({ instancePath, message = '', params }) =>
    [instancePath, message, JSON.stringify(params)].join(' '),
  );
}

it.each(dashboards.map((dashboard) => [dashboard.uid, dashboard] as const))(
  "%s is what Grafana's types say",
  (_uid, dashboard) => {
    expect(mistakesOf(dashboard)).toEqual([]);
  },
);

it.each([
  ['a field of a dashboard that does not exist', '"refresh":', '"refrehs":'],
  ['an option of a panel that does not exist', '"graphMode":', '"graphMod":'],
  ['a value that is none of an option', '"graphMode":"area"', '"graphMode":"aera"'],
  ['a style of lines that does not exist', '"lineWidth":', '"lineWith":'],
  ['a kind of panel that does not exist', '"type":"stat"', '"type":"sata"'],
  ['a figure where a text must be', '"unit":"reqps"', '"unit":5'],
  ['a query with a field of another data source', '"legendFormat":', '"alias":'],
])('%s is found', (_what, from, to) => {
  const overview = JSON.stringify(dashboards.find(({ uid }) => uid === 'tams-overview'));
  expect(overview).toContain(from);
  expect(mistakesOf(JSON.parse(overview.replace(from, to)))).not.toEqual([]);
});
