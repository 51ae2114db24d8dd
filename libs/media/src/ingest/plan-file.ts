import type { Source } from 'mediabunny';
import { Failure, UnknownMediaFailure } from '../failure';
import { advice } from '../reading/advice';
import { openMedia } from '../reading/open-media';
import { requireWhole, type FileBytes } from '../reading/whole-media';
import { planCutMedia, type CutOptions } from './cut-media';
import type { IngestPlan } from './rendition';

/** Seconds a segment lasts where nobody says otherwise. */
export const DEFAULT_SEGMENT_SECONDS = 2;

/** Bytes of which no media can consist. */
const TOO_SHORT = 16;

/**
 * Opens one media file of any format and plans to cut it. The plan reads the file until it is disposed of.
 * @param unread whether tracks whose coding is not read are left out with a warning, or make the file one that is not read
 * @param file its bytes, to find out whether it is whole; absent for media that is read from a server
 * @throws Failure where it cannot be read, or is not whole
 */
export async function planFile(
  name: string,
  source: Source,
  file: FileBytes | undefined,
  options: CutOptions,
  unread: 'warn' | 'refuse' = 'warn',
): Promise<Omit<IngestPlan, 'title'>> {
  if (file?.size === 0) throw new Failure(`${name} is empty`);
  if (file && file.size < TOO_SHORT) throw new Failure(`${name} is too short to be media`);
  const media = await openMedia(name, source);
  try {
    const found = await requireWhole(media, file);
    const notRead = [...media.unread, ...found.unread];
    const [first] = notRead;
    if (first !== undefined && unread === 'refuse') {
      throw new UnknownMediaFailure(first, { next: advice.encodePicture });
    }
    [...notRead, ...media.warnings, ...found.warnings].forEach(options.warn);
    const plan = await planCutMedia(media, options);
    return {
      ...plan,
      ...(file ? { bytes: file.size } : {}),
      dispose: () => {
        media.dispose();
        return Promise.resolve();
      },
    };
  } catch (error) {
    media.dispose();
    throw error;
  }
}
