import { NothingToPlayError, NotPlayableError } from '../playback.errors';
import { byQuality, type Candidate, obstacleOf, tagOf } from './candidate';

/** Flows arranged for a player: which are alternatives to one another, and which go together. */
export interface Arrangement {
  /** The same pictures (or sounds, where there are no pictures) in several qualities, best first. */
  readonly variants: readonly Candidate[];
  /** Sounds to choose from, played together with a variant; empty when the variants hold their own. */
  readonly audio: readonly Candidate[];
  readonly subtitles: readonly Candidate[];
}

/**
 * Arranges Flows. Picture and sound as Flows of their own come before muxed ones, unless nobody would hear anything.
 * @throws {NotPlayableError} {@link NothingToPlayError}
 */
export function arrange(candidates: readonly Candidate[]): Arrangement {
  const playable = candidates.filter((candidate) => candidate.segmentCount > 0 && obstacleOf(candidate) === undefined);
  const ofKind = (kind: string): Candidate[] => playable.filter((candidate) => candidate.kind === kind);
  const [videos, audios, muxed] = [ofKind('video'), ofKind('audio'), ofKind('multi')];
  const subtitles = firstOfEachSource(ofKind('data').filter(isText), byQuality);
  if (videos.length > 0 && (audios.length > 0 || muxed.length === 0))
    return { variants: ofFirstSource(videos), audio: firstOfEachSource(audios, bySound), subtitles };
  if (muxed.length > 0) return { variants: muxed.toSorted(byQuality), audio: [], subtitles };
  if (audios.length > 0) {
    const alternatives = firstOfEachSource(audios, bySound);
    return alternatives.length > 1
      ? { variants: alternatives.slice(0, 1), audio: alternatives, subtitles }
      : { variants: ofFirstSource(audios), audio: [], subtitles };
  }
  throw refusalOf(candidates);
}

function refusalOf(candidates: readonly Candidate[]): NotPlayableError | NothingToPlayError {
  const obstacles = candidates.map(obstacleOf);
  if (obstacles.length > 0 && obstacles.some((obstacle) => obstacle === undefined)) return new NothingToPlayError();
  return new NotPlayableError(obstacles.filter((obstacle) => obstacle !== undefined));
}

function ofFirstSource(candidates: readonly Candidate[]): Candidate[] {
  const first = candidates[0]?.sourceId;
  return candidates.filter(({ sourceId }) => sourceId === first).sort(byQuality);
}

/** One Flow of each Source, in the order of the Sources. */
function firstOfEachSource(
  candidates: readonly Candidate[],
  order: (a: Candidate, b: Candidate) => number,
): Candidate[] {
  const bySource = Map.groupBy(candidates, ({ sourceId }) => sourceId);
  return [...bySource.values()].flatMap((flows) => flows.sort(order).slice(0, 1));
}

/** AAC is what every player plays. */
function bySound(a: Candidate, b: Candidate): number {
  return Number(b.codec === 'audio/aac') - Number(a.codec === 'audio/aac') || byQuality(a, b);
}

function isText({ codec }: Candidate): boolean {
  return codec === 'text/vtt' || codec === 'application/ttml+xml';
}

/** The language of a Flow as players take it (RFC 5646: the shortest code), from the tag `language_code`. */
export function languageOf({ tags, sourceTags }: Candidate): string | undefined {
  const code = tagOf(tags, 'language_code') ?? tagOf(sourceTags, 'language_code');
  if (code === undefined) return undefined;
  try {
    return Intl.getCanonicalLocales(code)[0];
  } catch {
    // Not a language tag at all: whoever set it meant something else.
    return undefined;
  }
}
