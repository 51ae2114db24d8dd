import { randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually';
import { startTestServer } from '../support/test-server';
import { fillDirectly, type ReadDeletion, untilDone } from './deletion-fixtures';
import { type Problem, TestWorld } from '../support/test-world';

const LIFETIME_SECONDS = 600;

let tams: TestWorld;
/** Five requests nobody works on, in the order they were made. */
let requests: ReadDeletion[];

beforeAll(async () => {
  tams = await TestWorld.start({
    JOB_WORKERS: 'false',
    DELETE_REQUEST_LIFETIME_SECONDS: String(LIFETIME_SECONDS),
  });
  requests = [];
  for (let n = 0; n < 5; n += 1) {
    const flow = await tams.flow();
    await fillDirectly(tams.database, flow, 1001);
    requests.push((await tams.client.delete<ReadDeletion>(`/flows/${flow}`)).body);
  }
});
afterAll(() => tams.stop());

const list = (query: Readonly<Record<string, string | number | boolean>> = {}) =>
  tams.client.get<ReadDeletion[]>('/flow-delete-requests', { query });
const idsOf = (deletions: readonly ReadDeletion[]): string[] => deletions.map(({ id }) => id);

describe('GET /flow-delete-requests', () => {
  it('lists requests, the latest first, or the other way round', async () => {
    expect((await list()).body).toEqual(requests.toReversed());
    expect(idsOf((await list({ reverse_order: true })).body)).toEqual(idsOf(requests));
    expect(idsOf((await list({ sort_by: 'expiry' })).body)).toEqual(idsOf(requests.toReversed()));
    expect(idsOf((await list({ sort_by: 'expiry', reverse_order: true })).body)).toEqual(idsOf(requests));
  });

  it.each(['created', 'expiry'])('pages by %s', async (sortBy) => {
    const seen: string[] = [];
    let page: string | undefined;
    do {
      const answer = await list({ sort_by: sortBy, limit: 2, ...(page !== undefined && { page }) });
      seen.push(...idsOf(answer.body));
      page = answer.headers.get('x-paging-nextkey') ?? undefined;
    } while (page !== undefined);
    expect(seen).toEqual(idsOf(requests.toReversed()));
  });

  it('answers HEAD with the same headers', async () => {
    const answer = await tams.client.head('/flow-delete-requests', { query: { limit: 2 } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-paging-count')).toBe('2');
    expect(answer.headers.get('x-paging-nextkey')).not.toBeNull();
  });

  it('refuses another order', async () => {
    expect((await tams.client.get<Problem>('/flow-delete-requests?sort_by=id', { check: false })).status).toBe(400);
  });
});

describe('GET /flow-delete-requests/{request-id}', () => {
  it('tells when the request expires, and answers HEAD too', async () => {
    const [request] = requests;
    const { status, body } = await tams.client.get<ReadDeletion>(`/flow-delete-requests/${request!.id}`);
    expect(status).toBe(200);
    expect(body).toEqual(request);
    const lifetime = Date.parse(body.expiry!) - Date.parse(body.created!);
    expect(Math.abs(lifetime - LIFETIME_SECONDS * 1000)).toBeLessThan(1000);
    expect((await tams.client.head(`/flow-delete-requests/${request!.id}`)).status).toBe(200);
  });

  it('knows no other', async () => {
    expect((await tams.client.get(`/flow-delete-requests/${randomUUID()}`)).status).toBe(404);
    expect((await tams.client.get('/flow-delete-requests/x')).status).toBe(404);
    expect((await tams.client.head(`/flow-delete-requests/${randomUUID()}`)).status).toBe(404);
  });
});

describe('a request', () => {
  it('says what went wrong, is tried again, and is forgotten some time after it is done', async () => {
    const trouble = await TestWorld.start();
    const flow = await trouble.flow();
    await fillDirectly(trouble.database, flow, 3000);
    // The database refuses to delete just this Flow's thousandth segment, as a full disk might.
    await trouble.database.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$`,
    );
    await trouble.database.query(
      `CREATE TRIGGER refuse BEFORE DELETE ON segments FOR EACH ROW WHEN (OLD.end_ns = 2500000000000) EXECUTE FUNCTION refuse()`,
    );
    const { body: request } = await trouble.client.delete<ReadDeletion>(`/flows/${flow}/segments`);
    const read = async () => (await trouble.client.get<ReadDeletion>(`/flow-delete-requests/${request.id}`)).body;
    const failed = await eventually(read, ({ status }) => status === 'error');
    expect(failed).toMatchObject({ timerange_remaining: '[2000:0_3000:0)', error: { type: 'internal-error' } });
    expect(JSON.stringify(failed)).not.toContain('no room');
    expect((await trouble.list(flow, { limit: 1 })).body[0]?.timerange).toBe('[2000:0_2001:0)');

    await trouble.database.query('DROP TRIGGER refuse ON segments');
    expect(await untilDone(trouble.client, request.id)).not.toHaveProperty('error');
    expect(await trouble.timeranges(flow)).toEqual([]);

    await trouble.database.query(`UPDATE flow_delete_requests SET expiry = now() - interval '1 second'`);
    expect((await trouble.client.get(`/flow-delete-requests/${request.id}`)).status).toBe(404);
    expect((await trouble.client.get('/flow-delete-requests')).body).toEqual([]);
    // Another replica proposes the clean-up as it starts; the one of this minute is made undone.
    await trouble.database.query(`UPDATE jobs.job SET singleton_on = NULL WHERE name = 'flow-deletion-purge'`);
    const replica = await startTestServer({ DATABASE_URL: trouble.databaseUrl, DATA_DIR: trouble.dataDirectory });
    const count = async () => (await trouble.database.query('SELECT 1 FROM flow_delete_requests')).rowCount;
    await eventually(count, (rows) => rows === 0);
    await replica.stop();
    await trouble.stop();
  });
});
