import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { apiAddress } from '../../session/settings';
import type { PlayerFailure } from './hls-stream';
import { afterGap, type MappedEntry, momentAt, playerTimeOf } from './playback-map';

/** The player of a Flow, in moments of the Flow's timeline. */
export interface Player {
  readonly moment: bigint | undefined;
  readonly paused: boolean;
  readonly failure: PlayerFailure | undefined;
  /** Speed in force; negative plays backwards. */
  readonly speed: number;
  readonly seek: (moment: bigint) => void;
  readonly toggle: () => void;
  readonly setSpeed: (speed: number) => void;
}

type Video = RefObject<HTMLVideoElement | null>;

/** How often the moment is told while playing, in milliseconds. */
const TELL = 50;
/** Browsers play no faster. */
const FASTEST = 16;

/**
 * Plays `output.m3u8` of a Flow.
 * @param playback address on this server; `undefined` while there is nothing to play
 * @param begin the moment to begin at
 */
export function usePlayer(video: Video, playback: string | undefined, begin: bigint | undefined): Player {
  const entries = useRef<readonly MappedEntry[]>([]);
  const wanted = useRef(begin);
  const [moment, setMoment] = useState<bigint>();
  const [paused, setPaused] = useState(true);
  const [failure, setFailure] = useState<PlayerFailure>();
  const [speed, setSpeedState] = useState(1);

  const seek = useCallback(
    (target: bigint): void => {
      const seconds = playerTimeOf(entries.current, target);
      if (seconds === undefined || !video.current) wanted.current = target;
      else video.current.currentTime = seconds;
      setMoment(seconds === undefined ? target : momentAt(entries.current, seconds));
    },
    [video],
  );
  const onEntries = useCallback(
    (found: readonly MappedEntry[]): void => {
      entries.current = found;
      if (wanted.current === undefined || found.length === 0) return;
      seek(wanted.current);
      wanted.current = undefined;
    },
    [seek],
  );
  useStream(video, playback, onEntries, setFailure);
  useFollow(video, entries, setMoment, setPaused);
  useBackwards(video, speed);

  const setSpeed = useCallback(
    (next: number): void => {
      const element = video.current;
      if (!element) return;
      setSpeedState(next);
      element.playbackRate = next > 0 ? Math.min(FASTEST, next) : 1;
      // Refused while nothing is loaded yet; the element tells by itself that it is paused.
      if (next > 0) element.play().catch(() => undefined);
      else element.pause();
    },
    [video],
  );
  const toggle = useCallback((): void => {
    const stopped = video.current?.paused === true && speed > 0;
    if (stopped) setSpeed(1);
    else {
      setSpeedState(1);
      video.current?.pause();
    }
  }, [video, speed, setSpeed]);
  return { moment, paused: paused && speed > 0, failure, speed, seek, toggle, setSpeed };
}

/** Loads the player's library when it is first needed, and the playlist. */
function useStream(
  video: Video,
  playback: string | undefined,
  onEntries: (entries: readonly MappedEntry[]) => void,
  onFailure: (failure: PlayerFailure | undefined) => void,
): void {
  useEffect(() => {
    const element = video.current;
    if (!element || playback === undefined) return undefined;
    const leaving = new AbortController();
    let stop = (): void => undefined;
    import('./hls-stream').then(
      ({ startStream }) => {
        if (!leaving.signal.aborted) stop = startStream(element, `${apiAddress}${playback}`, { onEntries, onFailure });
      },
      () => {
        onFailure({ title: 'The player did not load', detail: 'Load the page again.' });
      },
    );
    return () => {
      leaving.abort();
      stop();
    };
  }, [video, playback, onEntries, onFailure]);
}

/** Tells where the player is, and leads it over holes. */
function useFollow(
  video: Video,
  entries: RefObject<readonly MappedEntry[]>,
  setMoment: (moment: bigint | undefined) => void,
  setPaused: (paused: boolean) => void,
): void {
  useEffect(() => {
    const element = video.current;
    if (!element) return undefined;
    const tell = (): void => {
      setPaused(element.paused);
      if (entries.current.length === 0) return;
      setMoment(momentAt(entries.current, element.currentTime));
      const next = element.paused ? undefined : afterGap(entries.current, element.currentTime);
      if (next) element.currentTime = next.playerStart + 0.001;
    };
    const timer = setInterval(() => {
      if (!element.paused) tell();
    }, TELL);
    const events = ['play', 'pause', 'seeked', 'loadedmetadata', 'waiting'] as const;
    for (const name of events) element.addEventListener(name, tell);
    return () => {
      clearInterval(timer);
      for (const name of events) element.removeEventListener(name, tell);
    };
  }, [video, entries, setMoment, setPaused]);
}

/** Browsers play forwards only: backwards is a row of seeks. */
function useBackwards(video: Video, speed: number): void {
  useEffect(() => {
    const element = video.current;
    if (speed >= 0 || !element) return undefined;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      if (element.seeking) return;
      element.currentTime = Math.max(0, element.currentTime + (speed * (now - last)) / 1000);
      last = now;
    }, TELL);
    return () => {
      clearInterval(timer);
    };
  }, [video, speed]);
}
