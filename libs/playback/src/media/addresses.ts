import { segmentExtension } from '../formats/container';
import type { EntryAddresses } from '../playlist/media-playlist';
import type { Candidate } from '../presentation/candidate';
import { gapName, initName, segmentName } from './entry-names';

/**
 * Addresses of playback, relative to a playlist, so that they hold under every host and prefix. All playlists lie two
 * levels below the root of the API: `/flows/{id}/output.m3u8`, `/sources/{id}/output.m3u8`.
 */
const ROOT = '../../';

/** Where a playlist finds a Flow's media playlist and its entries. */
export interface FlowAddresses {
  /** The Flow's media playlist. */
  readonly playlist: string;
  /** What names of entries are put behind, relative to that playlist. */
  readonly entries: string;
}

/** Addresses of a Flow for whoever need not say who they are, or says it with every request. */
export function flowAddresses(flowId: string): FlowAddresses {
  return { playlist: `${ROOT}flows/${flowId}/output.m3u8`, entries: 'output/' };
}

/** Addresses of a Flow for whoever has a token of it. */
export function tokenAddresses(token: string): FlowAddresses {
  return { playlist: `${ROOT}playback/${token}/output.m3u8`, entries: `${ROOT}playback/${token}/output/` };
}

/** Addresses of the entries of a Flow's media playlist. */
export function entryAddresses(flow: Candidate, { entries }: FlowAddresses): EntryAddresses {
  const extension = segmentExtension(flow.container);
  return {
    segment: ({ end }) => entries + segmentName(end, extension),
    init: (objectId) => entries + initName(objectId),
    gap: entries + gapName(extension),
  };
}
