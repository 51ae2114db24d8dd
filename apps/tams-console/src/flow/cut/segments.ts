import { api } from '../../api/client';
import type { Stretch } from '../timeline/window';
import { timerangeOf } from '../use-flow';

/**
 * Reads the Segments of a stretch, page by page.
 * @param stretch `undefined` for all there are
 * @param withUrls URLs are signed for those who read them soon
 */
export async function* segmentsWithin(
  flowId: string,
  stretch: Stretch | undefined,
  withUrls: boolean,
  signal?: AbortSignal,
) {
  let page: string | undefined;
  do {
    const { data, response } = await api.GET('/flows/{flowId}/segments', {
      params: {
        path: { flowId },
        query: {
          ...(stretch && { timerange: timerangeOf(stretch) }),
          limit: withUrls ? 20 : 1000,
          ...(!withUrls && { accept_get_urls: '' }),
          ...(page !== undefined && { page }),
        },
      },
      ...(signal && { signal }),
    });
    yield* data ?? [];
    page = response.headers.get('X-Paging-NextKey') ?? undefined;
  } while (page !== undefined);
}
