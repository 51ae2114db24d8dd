import { ALL_FORMATS, CanvasSink, Input, UrlSource } from 'mediabunny';
import { Slots } from '@tams/media';
import { credential } from '../session/credential';
import { apiAddress } from '../session/settings';
import { segmentsWithin } from '../flow/cut/segments';

/** Size of a poster in pixels: twice what the row shows, for sharp screens. */
const SIZE = { width: 192, height: 108 };
/** Pictures made at the same time: rows may fly by. */
const slots = new Slots(2);

interface Address {
  readonly url: string;
  readonly presigned?: boolean;
}

/**
 * Makes the picture of a Flow from its first Segment at a moment.
 * @param moment nanoseconds on the Flow's timeline
 * @returns a data URL; `null` where this browser cannot decode what is there
 */
export async function makePoster(
  flow: { readonly id: string; readonly format: string },
  moment: bigint,
  signal: AbortSignal,
): Promise<string | null> {
  const release = await slots.take();
  try {
    signal.throwIfAborted();
    const found = await segmentsWithin(flow.id, { start: moment, end: moment + 1n }, true, signal).next();
    if (found.done) return null;
    const { get_urls: addresses, init_object: init } = found.value as {
      get_urls?: Address[];
      init_object?: { get_urls?: Address[] };
    };
    const [media, before] = [addresses?.[0], init?.get_urls?.[0]];
    if (!media) return null;
    return flow.format.endsWith(':image') ? await drawImage(media, signal) : await drawFrame(media, before);
  } finally {
    release();
  }
}

async function drawImage(address: Address, signal: AbortSignal): Promise<string> {
  const answer = await fetch(address.url, { ...requestFor(address), signal });
  const image = await createImageBitmap(await answer.blob());
  const canvas = Object.assign(document.createElement('canvas'), SIZE);
  const scale = Math.max(SIZE.width / image.width, SIZE.height / image.height);
  const [width, height] = [image.width * scale, image.height * scale];
  canvas.getContext('2d')?.drawImage(image, (SIZE.width - width) / 2, (SIZE.height - height) / 2, width, height);
  image.close();
  return canvas.toDataURL('image/webp', 0.8);
}

/** Decodes the first picture of a Segment; only the bytes it takes are fetched. */
async function drawFrame(media: Address, before: Address | undefined): Promise<string | null> {
  const init = before && new Input({ source: sourceOf(before), formats: ALL_FORMATS });
  const input = new Input({ source: sourceOf(media), formats: ALL_FORMATS, ...(init ? { initInput: init } : {}) });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (!track || !(await track.canDecode())) return null;
    const sink = new CanvasSink(track, { ...SIZE, fit: 'cover' });
    const frame = await sink.getCanvas(await track.getFirstTimestamp());
    if (!frame) return null;
    const { canvas } = frame;
    if (canvas instanceof HTMLCanvasElement) return canvas.toDataURL('image/webp', 0.8);
    return await readAsDataUrl(await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 }));
  } finally {
    input.dispose();
    init?.dispose();
  }
}

function sourceOf(address: Address): UrlSource {
  return new UrlSource(address.url, { requestInit: requestFor(address), getRetryDelay: () => null });
}

/** Only this server learns who we are. */
function requestFor({ url, presigned }: Address): RequestInit {
  const sent = credential();
  const isOurs = presigned !== true && url.startsWith(apiAddress);
  return { credentials: 'omit', ...(sent && isOurs ? { headers: { Authorization: sent.authorization } } : {}) };
}

function readAsDataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(reader.result as string);
    };
    reader.onerror = () => {
      reject(reader.error ?? new Error('The picture could not be read.'));
    };
    reader.readAsDataURL(blob);
  });
}
