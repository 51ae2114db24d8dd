import { onlyTable, summarize } from './statement-text';

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
  ['SELECT name FROM unnest($1::text[]) AS t (name)', 'SELECT'],
  ['SELECT extract(epoch FROM registered) AS age FROM flows', 'SELECT flows'],
  ['SELECT count(*) FROM jobs.job', 'SELECT jobs.job'],
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
  ['INSERT INTO flow_tags (flow_id, name) SELECT $1, name FROM unnest($2::text[]) AS t (name)', 'flow_tags'],
  ['INSERT INTO flows (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = $1', 'flows'],
  ['SELECT id FROM flows WHERE id = $1 FOR UPDATE SKIP LOCKED', 'flows'],
  ['SELECT id FROM flows f WHERE id = $1 FOR UPDATE OF f', 'flows'],
  ['SELECT * FROM flows JOIN sources USING (id)', undefined],
  ['SELECT * FROM flows JOIN flows other USING (id)', 'flows'],
  ['DELETE FROM flow_tags USING flows WHERE flow_id = id', undefined],
  ['SELECT * FROM flows f, sources s', undefined],
  ['SELECT * FROM event_stream_demand, unnest($1) AS about', undefined],
  ['SELECT count(*) FROM jobs.job WHERE name = $1', 'jobs.job'],
  ['SELECT name FROM unnest($1::text[]) AS t (name)', undefined],
  ['SELECT extract(epoch FROM registered) AS age', undefined],
  ['SELECT a IS DISTINCT FROM b', undefined],
  ['SELECT a IS NOT DISTINCT FROM b FROM flows', 'flows'],
  ['SELECT * FROM "flows"', undefined],
  ['SELECT 1', undefined],
])('%s is about the one table %s', (text, table) => {
  expect(onlyTable(text)).toBe(table);
});
