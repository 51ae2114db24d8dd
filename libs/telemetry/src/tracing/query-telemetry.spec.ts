import { onlyTable, summarize } from './query-telemetry';

it.each([
  ['SELECT id FROM flows WHERE id = $1 FOR NO KEY UPDATE', 'SELECT flows'],
  [
    'SELECT f.id, (SELECT json_agg(i.item) FROM flow_collection_items i) AS c FROM flows f WHERE f.id = $1',
    'SELECT flows',
  ],
  [
    'SELECT f.id, (SELECT count(*) FROM flow_tags) FROM (SELECT * FROM flows f WHERE (a = $1) ORDER BY x LIMIT 3) f ORDER BY x',
    'SELECT flows',
  ],
  ['(SELECT a FROM segments WHERE x LIMIT 1) UNION ALL (SELECT a FROM segments)', 'SELECT segments'],
  ['INSERT INTO flows (id, document) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING', 'INSERT flows'],
  ['INSERT INTO flow_tags SELECT $1, name FROM unnest($2::text[]) AS t (name)', 'INSERT flow_tags'],
  ['UPDATE flows SET document = $2 WHERE id = $1', 'UPDATE flows'],
  ['DELETE FROM flow_tags WHERE flow_id = $1', 'DELETE flow_tags'],
  ['WITH gone AS (DELETE FROM segments WHERE a RETURNING *) INSERT INTO log SELECT * FROM gone', 'INSERT log'],
  ['SELECT 1', 'SELECT'],
  ['BEGIN', 'BEGIN'],
  ['COMMIT', 'COMMIT'],
])('%s is summarised as %s', (text, summary) => {
  expect(summarize(text).summary).toBe(summary);
});

it.each([
  ['SELECT id FROM flows WHERE id = $1', 'flows'],
  ['UPDATE flows SET document = $2 WHERE id = $1', 'flows'],
  ['SELECT id FROM flows WHERE id = $1 FOR NO KEY UPDATE', 'flows'],
  ['SELECT f.id FROM flows f JOIN sources s ON s.id = f.source_id', undefined],
  ['SELECT * FROM (SELECT * FROM flows) f', undefined],
  ['INSERT INTO flow_tags SELECT $1 FROM flows', undefined],
  ['SELECT 1', undefined],
])('%s is about the one table %s', (text, table) => {
  expect(onlyTable(text)).toBe(table);
});
