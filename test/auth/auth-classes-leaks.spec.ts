import { randomUUID } from 'node:crypto';
import { multiFlow, videoFlow } from '../support/flow-fixtures';
import type { Answer } from './support/auth-server';
import { bodyOf, classRules, queryOf } from './support/class-table';
import { WebhookReceiver } from '../support/webhook-receiver';
import { ClassServer, type ClassWorld } from './support/class-world';

/** What a caller may not read does not exist for them: same answers, byte for byte; nothing in lists, links and counts. */

let server: ClassServer;
/** Of the class `sport`, which the caller `none`, an administrator of the class `news`, may do nothing with. */
let hidden: ClassWorld;
beforeAll(async () => {
  server = await ClassServer.start();
  hidden = await server.world();
});
afterAll(() => server.stop());

const unlike = new Set(['date', 'x-correlation-id', 'content-length', 'keep-alive']);

/** An answer without what differs between any two requests, and with ids by their names. */
function essence(answer: Answer, ids: Readonly<Record<string, string>>): object {
  const named = (text: string): string =>
    Object.entries(ids).reduce((rest, [name, id]) => rest.replaceAll(id, `<${name}>`), text);
  const headers = [...answer.headers]
    .filter(([name]) => !unlike.has(name))
    .map(([name, value]) => [name, named(value)]);
  const text = named(answer.text).replace(/"correlation_id":"[^"]*"/, '');
  return { status: answer.status, headers, text };
}

function noWorld(): ClassWorld {
  const names = ['sourceId', 'flowId', 'memberId', 'objectId', 'webhookId', 'request-id', 'profileId'] as const;
  const ids = Object.fromEntries(names.map((name) => [name, randomUUID()]));
  return { ...(ids as unknown as ClassWorld), storageId: server.storageId };
}

// Creating a Flow under an id that is taken must fail, and under a free one must not: that difference cannot be hidden.
const addressed = classRules.filter(
  ({ method, path }) =>
    path.includes('{') && !(method === 'PUT' && path === '/flows/{flowId}') && !path.includes('profile'),
);

it.each(addressed.map((rule) => [`${rule.method} ${rule.path}`, rule] as const))(
  '%s answers what is hidden as what is not there',
  async (_name, rule) => {
    const answers: object[] = [];
    for (const world of [hidden, noWorld()]) {
      const ids: Record<string, string> = {
        ...world,
        mediaObjectId: world.objectId,
        name: 'genre',
        tokenId: randomUUID(),
      };
      ids['deliveryId'] = randomUUID();
      const address = rule.path.replace(/\{([^}]+)\}/g, (_, name: string) => ids[name] ?? '') + queryOf(rule, world);
      answers.push(essence(await server.as('none', rule.method, address, bodyOf(rule, world)), ids));
    }
    expect(answers[0]).toEqual(answers[1]);
  },
);

describe('what names others', () => {
  const own = { tags: { auth_classes: ['news'] } };

  /** Sends the same with an id that is hidden and with one that is not there; both answers must be alike. */
  async function expectAlike(id: string, send: (id: string) => Promise<Answer>): Promise<Answer> {
    const absent = randomUUID();
    const [first, second] = [await send(id), await send(absent)];
    expect(essence(first, { id })).toEqual(essence(second, { id: absent }));
    return first;
  }

  it('a collection cannot hold what its owner cannot read', async () => {
    const flow = multiFlow([], own);
    const answer = await expectAlike(hidden.flowId, (id) =>
      server.as('none', 'PUT', `/flows/${flow.id}`, { ...flow, flow_collection: [{ id }] }),
    );
    expect(answer.status).toBe(400);
  });

  it('a webhook cannot filter by what its owner cannot read', async () => {
    const webhook = { url: 'http://127.0.0.1:9/', events: [], status: 'disabled', ...own };
    for (const [field, id] of [
      ['flow_ids', hidden.flowId],
      ['flow_collected_by_ids', hidden.flowId],
      ['source_ids', hidden.sourceId],
      ['source_collected_by_ids', hidden.sourceId],
    ] as const) {
      const send = (one: string) => server.as('none', 'POST', '/service/webhooks', { ...webhook, [field]: [one] });
      expect((await expectAlike(id, send)).status).toBe(403);
    }
  });

  it.each(['object_id', 'init_object_id'])('a segment cannot use what its owner cannot read, as %s', async (field) => {
    const flow = await server.flow(['news'], {
      container: 'video/mp4',
      essence_parameters: { frame_rate: { numerator: 25 }, frame_width: 16, frame_height: 9, init_segments: true },
    });
    const free = (await server.make('POST', `/flows/${flow.id}/storage`, { limit: 1 })).body['media_objects'];
    const object_id = (free as { object_id: string }[])[0]!.object_id;
    const answer = await expectAlike(hidden.objectId, (id) =>
      server.as('none', 'POST', `/flows/${flow.id}/segments`, { object_id, timerange: '[0:0_1:0)', [field]: id }),
    );
    expect(answer.body['type']).toBe('urn:x-tams:problem:object-unknown');
  });

  it('an object allocated for a hidden Flow is not there either', async () => {
    const flow = await server.flow(['news']);
    const { body } = await server.make('POST', `/flows/${hidden.flowId}/storage`, { limit: 1 });
    const { object_id: id } = (body['media_objects'] as { object_id: string }[])[0]!;
    await expectAlike(id, (object_id) =>
      server.as('none', 'POST', `/flows/${flow.id}/segments`, { object_id, timerange: '[0:0_1:0)' }),
    );
  });

  it('filters by hidden collections find nothing', async () => {
    const member = await server.flow(['news']);
    const collecting = multiFlow([{ id: member.id }], { tags: { auth_classes: ['sport'] } });
    await server.make('PUT', `/flows/${collecting.id}`, collecting);
    const ids = async (path: string) =>
      ((await server.as('none', 'GET', path)).body as unknown as { id: string }[]).map(({ id }) => id);
    expect(await ids(`/flows?collected_by_ids=${collecting.id}`)).toEqual([]);
    expect(await ids(`/sources?collected_by_ids=${collecting.source_id}`)).toEqual([]);
    expect(await ids('/flows?collected_by_ids=&limit=1000')).toContain(member.id);
    expect(await ids('/sources?collected_by_ids=&limit=1000')).toContain(member.source_id);
  });
});

describe('lists', () => {
  it.each(['flows', 'sources'])('%s count, page and link what may be read, and nothing else', async (list) => {
    const genre = randomUUID();
    const shared = ['both', 'sport', 'news'];
    const made: Record<string, string[]> = { both: [], sport: [], news: [] };
    for (let index = 0; index < 9; index += 1) {
      const of = shared[index % 3]!;
      const flow = videoFlow({ tags: { genre, auth_classes: of === 'both' ? ['sport', 'news'] : [of] } });
      await server.make('PUT', `/flows/${flow.id}`, flow);
      made[of]!.push(list === 'flows' ? flow.id : flow.source_id);
    }
    const read = async (caller: string, query = ''): Promise<string[]> => {
      const found: string[] = [];
      for (let path = `/${list}?tag.genre=${genre}&limit=2${query}`; path !== '';) {
        const answer = await server.as(caller, 'GET', path);
        expect(answer.status).toBe(200);
        expect(answer.headers.get('x-paging-limit')).toBe('2');
        found.push(...(answer.body as unknown as { id: string }[]).map(({ id }) => id));
        const key = answer.headers.get('x-paging-nextkey');
        expect(answer.headers.get('link') === null).toBe(key === null);
        path = key === null ? '' : `/${list}?tag.genre=${genre}&limit=2${query}&page=${encodeURIComponent(key)}`;
      }
      return found.sort();
    };
    const { both, sport, news } = made as Record<'both' | 'sport' | 'news', string[]>;
    expect(await read('none')).toEqual([...both, ...news].sort());
    expect(await read('read')).toEqual([...both, ...sport].sort());
    expect(await read('write')).toEqual([]);
    expect(await read('both')).toEqual([...both, ...sport, ...news].sort());
    expect(await read('administrator')).toEqual([...both, ...sport, ...news].sort());
    // The client's own filter and the caller's classes: what both have, and no more.
    expect(await read('none', '&tag.auth_classes=sport')).toEqual([]);
    expect(await read('none', '&tag.auth_classes=sport,news')).toEqual([...both, ...news].sort());
    expect(await read('both', '&tag.auth_classes=sport')).toEqual([...both, ...sport].sort());
  });

  it('webhooks are listed to whom may read them', async () => {
    const ids = async (caller: string) =>
      ((await server.as(caller, 'GET', '/service/webhooks')).body as unknown as { id: string }[]).map(({ id }) => id);
    expect(await ids('none')).not.toContain(hidden.webhookId);
    expect(await ids('read')).toContain(hidden.webhookId);
  });
});

describe('what is shown of others', () => {
  it('collections show the members that may be read, and keep the others when they are replaced', async () => {
    const [open, closed] = [await server.flow(['news']), await server.flow(['sport'])];
    const items = [
      { id: closed.id, role: 'closed' },
      { id: open.id, role: 'open' },
    ];
    const flow = multiFlow(items, { tags: { auth_classes: ['news'] } });
    await server.make('PUT', `/flows/${flow.id}`, flow);
    const shown = (await server.as('none', 'GET', `/flows/${flow.id}`)).body;
    expect(shown['flow_collection']).toEqual([items[1]]);
    expect((await server.as('none', 'GET', `/flows/${flow.id}/flow_collection`)).body).toEqual([items[1]]);
    const source = (await server.as('none', 'GET', `/sources/${flow.source_id}`)).body;
    expect(source['source_collection']).toEqual([{ id: open.source_id, role: 'open' }]);

    expect((await server.as('none', 'PUT', `/flows/${flow.id}`, shown)).status).toBe(204);
    expect((await server.make('GET', `/flows/${flow.id}`)).body['flow_collection']).toEqual(items);
    expect((await server.as('none', 'DELETE', `/flows/${flow.id}/flow_collection`)).status).toBe(204);
    expect((await server.make('GET', `/flows/${flow.id}`)).body['flow_collection']).toEqual([items[0]]);
  });

  it('a Source shows no collection that hidden Flows alone make, nor their roles, to readers and webhooks', async () => {
    const receiver = await WebhookReceiver.start();
    const webhook = { url: receiver.url, events: ['sources/updated'], tags: { auth_classes: ['news'] } };
    expect((await server.as('none', 'POST', '/service/webhooks', webhook)).status).toBe(201);
    const [member, other] = [await server.flow(['news']), await server.flow(['news'])];
    // One Source, seen by all, of a Flow that may be read and one that may not.
    const shown = multiFlow([{ id: member.id }], { tags: { auth_classes: ['news', 'sport'] } });
    await server.make('PUT', `/flows/${shown.id}`, shown);
    const items = [
      { id: member.id, role: 'secret role' },
      { id: other.id, role: 'other secret role' },
    ];
    const hidden = multiFlow(items, { source_id: shown.source_id, tags: { auth_classes: ['sport'] } });
    await server.make('PUT', `/flows/${hidden.id}`, hidden);
    const read = async (id: string) => (await server.as('none', 'GET', `/sources/${id}`)).body;
    expect((await read(shown.source_id))['source_collection']).toEqual([{ id: member.source_id }]);
    expect((await read(member.source_id))['collected_by']).toEqual([shown.source_id]);
    expect((await read(other.source_id))['collected_by'] ?? []).toEqual([]);
    const collecting = await server.as('none', 'GET', `/sources?collected_by_ids=${shown.source_id}`);
    expect((collecting.body as unknown as { id: string }[]).map(({ id }) => id)).toEqual([member.source_id]);
    const all = (await server.as('both', 'GET', `/sources/${shown.source_id}`)).body['source_collection'];
    expect(all).toHaveLength(2);

    await server.make('PUT', `/sources/${shown.source_id}/label`, 'the last');
    await receiver.until(
      () => receiver.accepted.some(({ raw }) => raw.toString().includes('the last')),
      'the last change',
    );
    const told = receiver.accepted.map(({ raw }) => raw.toString()).join();
    expect(told).not.toContain('secret role');
    expect(told).toContain(`"source_collection":[{"id":"${member.source_id}"}]`);
    await receiver.stop();
  });

  it('collected_by shows the collections that may be read', async () => {
    const member = await server.flow(['news']);
    const collections = await Promise.all(
      ['news', 'sport'].map(async (name) => {
        const flow = multiFlow([{ id: member.id }], { tags: { auth_classes: [name] } });
        await server.make('PUT', `/flows/${flow.id}`, flow);
        return flow;
      }),
    );
    const [news] = collections;
    expect((await server.as('none', 'GET', `/flows/${member.id}`)).body['collected_by']).toEqual([news!.id]);
    const source = (await server.as('none', 'GET', `/sources/${member.source_id}`)).body;
    expect(source['collected_by']).toEqual([news!.source_id]);
    const listed = (await server.as('none', 'GET', '/flows?limit=1000')).body as unknown as Record<string, unknown>[];
    expect(listed.find(({ id }) => id === member.id)!['collected_by']).toEqual([news!.id]);
    const all = (await server.make('GET', `/flows/${member.id}`)).body['collected_by'] as string[];
    expect(all.sort()).toEqual(collections.map(({ id }) => id).sort());
  });

  it('a conflict with a hidden Flow of the Source says nothing of that Flow', async () => {
    const members = [await server.flow(['news']), await server.flow(['news'])];
    const items = members.map(({ id }) => ({ id }));
    const other = multiFlow(items, { tags: { auth_classes: ['sport', 'news'] } });
    await server.make('PUT', `/flows/${other.id}`, other);
    await server.make('PUT', `/flows/${other.id}/tags/auth_classes`, ['sport']);
    const flow = multiFlow(items.toReversed(), { source_id: other.source_id, tags: { auth_classes: ['news'] } });
    const answer = await server.as('none', 'PUT', `/flows/${flow.id}`, flow);
    expect(answer.status).toBe(400);
    expect(answer.body['type']).toBe('urn:x-tams:problem:collection-conflict');
    expect(answer.text).not.toContain(other.id);
  });

  it('an object is reached, and shown, through the Flows that may be read', async () => {
    const [first, second] = [await server.flow(['sport']), await server.flow(['news'])];
    const objectId = await server.object(first.id);
    expect((await server.as('none', 'GET', `/objects/${objectId}`)).status).toBe(404);
    await server.register(second.id, objectId);
    const shown = (await server.as('none', 'GET', `/objects/${objectId}`)).body;
    expect(shown['referenced_by_flows']).toEqual([second.id]);
    expect(shown).not.toHaveProperty('first_referenced_by_flow');
    const asked = await server.as('none', 'GET', `/objects/${objectId}?flow_tag.auth_classes=sport`);
    expect(asked.body['referenced_by_flows']).toEqual([]);
    const all = await server.make('GET', `/objects/${objectId}`);
    expect(all.body['first_referenced_by_flow']).toBe(first.id);
  });
});
