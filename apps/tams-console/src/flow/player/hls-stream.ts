import HlsJs, { type ErrorData, type LevelLoadedData } from 'hls.js';
import { credential } from '../../session/credential';
import { apiAddress } from '../../session/settings';
import { patient } from './load-policy';
import { type MappedEntry, playlistEntriesOf } from './playback-map';

/** Why there is nothing to see. */
export interface PlayerFailure {
  readonly title: string;
  readonly detail: string;
}

/** Who is told how playing goes. */
export interface StreamListener {
  readonly onEntries: (entries: readonly MappedEntry[]) => void;
  readonly onFailure: (failure: PlayerFailure | undefined) => void;
}

/** Plays a playlist of this server in a video element. @returns how to stop, and to lay entries out again */
export function startStream(element: HTMLVideoElement, address: string, listener: StreamListener): () => void {
  if (!HlsJs.isSupported()) {
    listener.onFailure({ title: 'This browser cannot play', detail: 'It has no Media Source Extensions.' });
    return () => undefined;
  }
  const hls = new HlsJs({
    enableWorker: false,
    backBufferLength: 60,
    maxBufferLength: 20,
    playlistLoadPolicy: patient(HlsJs.DefaultConfig.playlistLoadPolicy),
    fragLoadPolicy: patient(HlsJs.DefaultConfig.fragLoadPolicy),
    // Only this server learns who we are; browsers drop the header where it sends them elsewhere for the bytes.
    xhrSetup: (request, url) => {
      const sent = credential();
      if (sent && url.startsWith(apiAddress)) request.setRequestHeader('Authorization', sent.authorization);
    },
  });
  hls.on(HlsJs.Events.LEVEL_LOADED, (_event, data) => {
    listener.onEntries(mapped(data));
    listener.onFailure(undefined);
  });
  hls.on(HlsJs.Events.ERROR, (_event, error) => {
    if (!error.fatal) return;
    if (error.type === HlsJs.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
    else listener.onFailure(failureOf(error));
  });
  hls.loadSource(address);
  hls.attachMedia(element);
  return () => {
    hls.destroy();
  };
}

/** Entries of a playlist, with where the player has put them. */
function mapped({ details, networkDetails }: LevelLoadedData): MappedEntry[] {
  const listed = playlistEntriesOf((networkDetails as XMLHttpRequest | null)?.responseText ?? '');
  return details.fragments.flatMap(({ start, duration }, index) => {
    const entry = listed[index];
    return entry ? [{ ...entry, playerStart: start, playerEnd: start + duration }] : [];
  });
}

/** The server's own words where it gave some. */
function failureOf({ response, networkDetails }: ErrorData): PlayerFailure {
  const status = response?.code ?? 0;
  try {
    const text = (networkDetails as XMLHttpRequest | null)?.responseText ?? '';
    const { title, detail } = JSON.parse(text) as { title?: string; detail?: string };
    return { title: title ?? 'Not playable', detail: detail ?? '' };
  } catch {
    return { title: 'The media did not arrive', detail: status > 0 ? `The answer was ${status}.` : 'No answer came.' };
  }
}
