import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { Database } from '@tams/platform';
import { flowAddresses } from '../media/addresses';
import { PlaybackTokenService } from '../tokens/playback-token.service';
import type { PlaylistQuery, PlaylistType } from '../playback.schema';
import { codecsOf, multivariantPlaylistText, type Rendition, type Variant } from '../playlist/multivariant-playlist';
import { arrange, type Arrangement, languageOf } from './arrangement';
import { type Candidate, playlistTypeOf } from './candidate';
import { CandidatesService } from './candidates.service';
import { type MeasuredBitRate, PresentationRepository } from './presentation.repository';

/** Most Flows that are offered as alternatives to one another. */
const MOST_VARIANTS = 20;
/** Most sounds, and most subtitles, to choose from. */
const MOST_RENDITIONS = 50;
/** What is said of the bit rate of media whose size nobody knows, in bits per second; the attribute is required. */
const UNKNOWN_BIT_RATE: MeasuredBitRate = { average: 1_000_000, peak: 1_000_000 };

/** Multivariant playlists: what belongs together, and what it is. */
@Injectable()
export class MultivariantService {
  constructor(
    private readonly database: Database,
    private readonly repository: PresentationRepository,
    private readonly classes: ClassAccess,
    private readonly tokens: PlaybackTokenService,
    private readonly candidates: CandidatesService,
  ) {}

  /**
   * What a Flow collects, or what contains it.
   * @param tokenExpires when the token expires that the caller came with
   * @throws {NotPlayableError} {@link NothingToPlayError}
   */
  async ofFlow(flow: Candidate, query: PlaylistQuery, tokenExpires?: Date): Promise<string> {
    return this.playlist(await this.candidates.ofFlow(flow), query, tokenExpires);
  }

  /** The Flows of a Source, or of what it collects; see {@link ofFlow}. */
  async ofSource(sourceId: string, query: PlaylistQuery, tokenExpires?: Date): Promise<string> {
    return this.playlist(await this.candidates.ofSource(sourceId), query, tokenExpires);
  }

  private async playlist(candidates: readonly Candidate[], query: PlaylistQuery, tokenExpires?: Date): Promise<string> {
    const { variants, audio, subtitles } = limited(arrange(candidates));
    const rates = await this.bitRates([...variants, ...audio]);
    const parts = await this.essencesOf(variants);
    const isLive = variants.some((flow) => playlistTypeOf(flow) === 'live');
    const parameters = parametersOf(query, query.type ?? (isLive ? 'live' : undefined));
    const ids = [...variants, ...audio, ...subtitles].map(({ id }) => id);
    const addresses = await this.tokens.addresses(ids, tokenExpires);
    const address = ({ id }: Candidate): string => (addresses.get(id) ?? flowAddresses(id)).playlist + parameters;
    const sound = heaviest(audio.map(({ id }) => rates.get(id) ?? UNKNOWN_BIT_RATE));
    return multivariantPlaylistText(
      variants.map((flow): Variant => {
        const essences = parts.get(flow.id) ?? [flow];
        const own = rates.get(flow.id) ?? UNKNOWN_BIT_RATE;
        const isOneOfTheSounds = audio.includes(flow);
        return {
          peakBitRate: own.peak + (isOneOfTheSounds ? 0 : sound.peak),
          averageBitRate: own.average + (isOneOfTheSounds ? 0 : sound.average),
          codecs: codecsOf([...essences, ...audio]),
          video: essences.find(({ kind }) => kind === 'video')?.essence,
          address: address(flow),
        };
      }),
      [...renditionsOf('AUDIO', audio, address), ...renditionsOf('SUBTITLES', subtitles, address)],
    );
  }

  /** What clients say of a Flow's bit rate, or else what its bytes say. */
  private async bitRates(flows: readonly Candidate[]): Promise<Map<string, MeasuredBitRate>> {
    const measured = await this.repository.bitRates(
      this.database,
      flows.map(({ id }) => id),
    );
    return new Map(
      flows.flatMap(({ id, averageBitRate, maximumBitRate }) => {
        const bytes = measured.get(id);
        const average = averageBitRate ? averageBitRate * 1000 : bytes?.average;
        const peak = maximumBitRate ? maximumBitRate * 1000 : bytes?.peak;
        const known = average ?? peak;
        return known === undefined ? [] : [[id, { average: average ?? known, peak: Math.max(peak ?? known, known) }]];
      }),
    );
  }

  /** What muxed Flows hold, by Flow: the Flows they collect say so. */
  private async essencesOf(variants: readonly Candidate[]): Promise<Map<string, readonly Candidate[]>> {
    const muxed = variants.filter(({ kind }) => kind === 'multi');
    const { readable } = this.classes;
    const lists = await Promise.all(
      muxed.map(({ id }) => this.repository.collected(this.database, { of: [id], count: MOST_RENDITIONS, readable })),
    );
    return new Map(muxed.map(({ id }, index) => [id, lists[index] ?? []]));
  }
}

function limited({ variants, audio, subtitles }: Arrangement): Arrangement {
  return {
    variants: variants.slice(0, MOST_VARIANTS),
    audio: audio.slice(0, MOST_RENDITIONS),
    subtitles: subtitles.slice(0, MOST_RENDITIONS),
  };
}

/** What was asked of the whole is asked of its parts. */
function parametersOf({ timerange, direct }: PlaylistQuery, type: PlaylistType | undefined): string {
  const parameters = new URLSearchParams({
    ...(type && { type }),
    ...(timerange && { timerange: timerange.toString() }),
    ...(direct && { direct: 'true' }),
  });
  return parameters.size > 0 ? `?${String(parameters)}` : '';
}

function heaviest(rates: readonly MeasuredBitRate[]): MeasuredBitRate {
  return {
    average: Math.max(0, ...rates.map(({ average }) => average)),
    peak: Math.max(0, ...rates.map(({ peak }) => peak)),
  };
}

/** The first is played unless somebody chooses; subtitles are shown only when somebody does. Names tell them apart. */
function renditionsOf(
  type: Rendition['type'],
  flows: readonly Candidate[],
  address: (flow: Candidate) => string,
): Rendition[] {
  const taken = new Set<string>();
  return flows.map((flow, index) => {
    const language = languageOf(flow);
    const wanted = flow.sourceLabel ?? flow.label ?? language ?? `${type.toLowerCase()} ${index + 1}`;
    const name = taken.has(wanted) ? `${wanted} (${index + 1})` : wanted;
    taken.add(name);
    return {
      type,
      name,
      language,
      channels: type === 'AUDIO' ? flow.essence.channels : undefined,
      isDefault: type === 'AUDIO' && index === 0,
      address: address(flow),
    };
  });
}
