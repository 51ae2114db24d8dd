import fc from 'fast-check';
import { flowId, listLimit, maybe, objectId, segmentPost, timerange } from './arbitraries';
import { hull, sameSpan, spanOf } from './span';
import { allPages, Step, write } from './step';
import type { StoreModel } from './store-model';

/** A segment as it is read. */
interface ReadSegment {
  readonly object_id: string;
  readonly timerange: string;
  readonly ts_offset?: string;
  readonly key_frame_count?: number;
  readonly object_timerange?: string;
  readonly get_urls: readonly { readonly label?: string; readonly url: string }[];
}

interface ReadObject {
  readonly id: string;
  readonly timerange?: string;
  readonly referenced_by_flows: readonly string[];
}

const allocate = fc.tuple(flowId, fc.uniqueArray(objectId, { minLength: 1, maxLength: 3 })).map(([id, objects]) =>
  write(
    `allocate ${objects.join()} for ${id}`,
    (model) => model.allocate(id, objects),
    (client) => client.post(`/flows/${id}/storage`, { object_ids: objects }),
  ),
);

const register = fc.tuple(flowId, fc.array(segmentPost, { minLength: 1, maxLength: 6 }), fc.boolean()).map(
  ([id, posts, list]) =>
    new Step(`register in ${id} ${JSON.stringify(list ? posts : posts[0])}`, async (model, client) => {
      const response = await client.post<{ failed_segments?: { object_id: string }[] }>(
        `/flows/${id}/segments`,
        list ? posts : posts[0],
      );
      const expected = model.register(id, list ? posts : posts.slice(0, 1), !list);
      const failed = response.status === 200 ? response.body.failed_segments?.map((one) => one.object_id) : undefined;
      expect({ status: response.status, failed }).toEqual({
        status: expected.status,
        failed: expected.status === 200 ? expected.failed : undefined,
      });
    }),
);

const deleteSegments = fc.tuple(flowId, maybe(timerange), maybe(objectId)).map(([id, within, object]) =>
  write(
    `DELETE segments of ${id} within ${within ?? 'all'} of ${object ?? 'any object'}`,
    (model) => model.deleteSegments(id, within ?? '_', object),
    (client) =>
      client.send('DELETE', `/flows/${id}/segments`, undefined, { query: { timerange: within, object_id: object } }),
  ),
);

const list = fc
  .record({ id: flowId, within: maybe(timerange), object: maybe(objectId), limit: listLimit, reverse: fc.boolean() })
  .map(
    (request) =>
      new Step(`list segments ${JSON.stringify(request)}`, async (model, client) => {
        const { id, within, object, limit, reverse } = request;
        const query = {
          timerange: within,
          object_id: object,
          limit,
          reverse_order: reverse,
          include_object_timerange: true,
        };
        const read = await allPages<ReadSegment>(client, `/flows/${id}/segments`, query);
        expectSegments(model, read, expectedSegments(model, request));
      }),
  );

function expectedSegments(
  model: StoreModel,
  {
    id,
    within,
    object,
    reverse,
  }: { id: string; within: string | undefined; object: string | undefined; reverse: boolean },
): ReturnType<StoreModel['segmentsIn']> {
  const segments = model.segmentsIn(id, within, object);
  return reverse ? segments.reverse() : segments;
}

/** Compares segments as they were read with what the model has. */
export function expectSegments(
  model: StoreModel,
  read: readonly ReadSegment[],
  expected: ReturnType<StoreModel['segmentsIn']>,
): void {
  expect(
    read.map(({ object_id, timerange: at, ts_offset = '0:0', key_frame_count, get_urls }) => ({
      object_id,
      timerange: at,
      ts_offset,
      key_frame_count,
      urls: labelled(get_urls),
    })),
  ).toEqual(
    expected.map(({ post }) => {
      const object = model.objects.get(post.object_id)!;
      const { object_id, timerange: at, ts_offset = '0:0' } = post;
      return {
        object_id,
        timerange: at,
        ts_offset,
        key_frame_count: object.keyFrames,
        urls: Object.fromEntries(object.urls),
      };
    }),
  );
  for (const segment of read) {
    const object = model.objects.get(segment.object_id)!;
    if (segment.object_timerange !== undefined)
      expect(sameSpan(spanOf(segment.object_timerange), object.span!)).toBe(true);
  }
}

/** URLs that clients gave, by label; those of storage backends begin with the server's own address. */
function labelled(urls: ReadSegment['get_urls']): Record<string, string> {
  const given = urls.filter(({ url }) => url.includes('.example.com/'));
  return Object.fromEntries(given.map(({ label = '', url }) => [label, url]));
}

const pagingTimerange = fc.record({ id: flowId, within: maybe(timerange), reverse: fc.boolean() }).map(
  ({ id, within, reverse }) =>
    new Step(`paging timerange of ${id} within ${within ?? 'all'}`, async (model, client) => {
      const query = { timerange: within, reverse_order: reverse };
      const page = await client.get(`/flows/${id}/segments`, { query });
      const covered = hull(model.segmentsIn(id, within).map(({ span }) => span));
      const said = page.headers.get('x-paging-timerange') ?? '';
      if (!sameSpan(spanOf(said), covered)) throw new Error(`X-Paging-Timerange is ${said}`);
    }),
);

const readObject = fc.tuple(objectId, listLimit).map(
  ([id, limit]) =>
    new Step(`GET object ${id} by ${limit ?? 'default'}`, async (model, client) => {
      const using = model.flowsUsing(id);
      const found: string[] = [];
      const path = `/objects/${encodeURIComponent(id)}`;
      for await (const page of client.pages<ReadObject>(path, { query: { limit } })) {
        expect(page.status).toBe(using.length > 0 ? 200 : 404);
        if (page.status !== 200) return;
        expect(page.body.id).toBe(id);
        expect(sameSpan(spanOf(page.body.timerange ?? ''), model.objects.get(id)!.span!)).toBe(true);
        found.push(...page.body.referenced_by_flows);
      }
      expect(found.sort()).toEqual(using.sort());
    }),
);

/** Commands about segments and objects; one that stands here twice is chosen twice as often. */
export const segmentSteps: readonly fc.Arbitrary<Step>[] = [
  allocate,
  allocate,
  register,
  register,
  register,
  register,
  register,
  deleteSegments,
  list,
  list,
  list,
  pagingTimerange,
  readObject,
];
