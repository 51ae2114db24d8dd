/**
 * Addresses of playback, relative to a playlist, so that they hold under every host and prefix. All playlists lie two
 * levels below the root of the API: `/flows/{id}/output.m3u8`, `/sources/{id}/output.m3u8`.
 */
const ROOT = '../../';

/** Where a playlist finds a Flow's media playlist and its entries. */
export interface FlowAddresses {
  /** The Flow's media playlist. */
  readonly playlist: string;
  /** What names of entries are put behind. */
  readonly entries: string;
}

/** Addresses of a Flow for whoever need not say who they are, or says it with every request. */
export function flowAddresses(flowId: string): FlowAddresses {
  return { playlist: `${ROOT}flows/${flowId}/output.m3u8`, entries: `${ROOT}flows/${flowId}/output/` };
}
