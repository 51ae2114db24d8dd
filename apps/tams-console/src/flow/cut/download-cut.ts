import { stretchOf } from '../timeline/lanes';
import type { Stretch } from '../timeline/window';
import { segmentsWithin } from './segments';

/** What a download has done so far. */
export interface DownloadProgress {
  /** Bytes that have arrived. */
  readonly bytes: number;
  /** Share of the stretch, 0 to 1. */
  readonly share: number;
}

/** Most bytes kept in memory: browsers get into trouble with more. */
const MOST_BYTES = 2_000_000_000;

const extensions: Readonly<Record<string, string>> = {
  'video/mp2t': 'ts',
  'video/mp4': 'mp4',
  'audio/mp4': 'm4a',
  'audio/aac': 'aac',
  'audio/wav': 'wav',
  'image/jpeg': 'jpg',
  'text/vtt': 'vtt',
};

/** Name of the file a container is saved as. */
export function fileNameOf(label: string, container: string | undefined): string {
  const name = label.replace(/[^\p{L}\p{N} ._-]/gu, '').trim() || 'media';
  return `${name}.${extensions[container ?? ''] ?? 'bin'}`;
}

/** Fetches the objects of a stretch in order, each after its initialisation object, as one file of whole Segments. */
export async function fetchCut(
  flowId: string,
  cut: Stretch,
  onProgress: (progress: DownloadProgress) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const parts: Blob[] = [];
  let bytes = 0;
  let initId: string | undefined;
  const take = async (urls: readonly { readonly url: string }[] | undefined): Promise<void> => {
    const part = await fetchFirst(urls ?? [], signal);
    bytes += part.size;
    if (bytes > MOST_BYTES) throw new Error('This is more than 2 GB; use the outgest command for it.');
    parts.push(part);
  };
  for await (const segment of segmentsWithin(flowId, cut, true, signal)) {
    if (segment.init_object && segment.init_object.object_id !== initId) {
      initId = segment.init_object.object_id;
      await take(segment.init_object.get_urls);
    }
    await take(segment.get_urls);
    onProgress({ bytes, share: shareUpTo(segment.timerange, cut) });
  }
  if (parts.length === 0) throw new Error('There is nothing between the marks.');
  return new Blob(parts);
}

/** How much of a cut is behind the end of a Segment. */
function shareUpTo(timerange: string, { start, end }: Stretch): number {
  const until = stretchOf(timerange)?.end ?? start;
  return Math.min(1, Number(until - start) / Number(end - start));
}

/** The first URL that answers. */
async function fetchFirst(urls: readonly { readonly url: string }[], signal: AbortSignal): Promise<Blob> {
  let status = 'no URL';
  for (const { url } of urls) {
    try {
      const answer = await fetch(url, { credentials: 'omit', signal });
      if (answer.ok) return await answer.blob();
      status = String(answer.status);
    } catch (error) {
      if (signal.aborted) throw error;
      status = 'no answer';
    }
  }
  throw new Error(`The media of a Segment did not arrive (${status}).`);
}
