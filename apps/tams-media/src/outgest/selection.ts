import type { TamsClient } from '../client/tams-client';
import { Failure, type Flow } from '@tams/media';

/** One track to write: the Flow whose segments hold it, and which track inside them it is. */
export interface SelectedTrack {
  /** The Flow with the segments. */
  flow: Flow;
  kind: 'video' | 'audio';
  /** Zero-based among the tracks of its kind inside the segments. */
  formatIndex: number;
}

/** What an id stands for. */
export interface Selection {
  /** What to call it in messages. */
  name: string;
  tracks: SelectedTrack[];
}

/**
 * Finds the media behind the id of a Flow or of a Source: a Flow's own tracks, those a multi Flow collects, and of a Source the
 * best Flow of each thing it is made of.
 * @throws Failure where there is no such thing, or nothing with media in it
 */
export async function selectTracks(client: TamsClient, id: string): Promise<Selection> {
  const flow = await client.flow(id);
  if (flow) return { name: `Flow ${id}`, tracks: await new Selector(client).tracksOf(flow) };
  const flows = await client.flows({ source_id: id });
  if (flows.length === 0) {
    throw new Failure(`${client.url} has no Flow and no Source ${id}`, {
      next: `List the Flows there are: curl '${client.url}/flows'`,
    });
  }
  return { name: `Source ${id}`, tracks: await new Selector(client).tracksOf(bestOf(flows)) };
}

class Selector {
  constructor(private readonly client: TamsClient) {}

  async tracksOf(flow: Flow): Promise<SelectedTrack[]> {
    const kind = kindOf(flow);
    if (kind !== undefined) return [await this.trackOf(flow, kind)];
    const tracks: SelectedTrack[] = [];
    for (const item of flow.flow_collection ?? []) {
      const collected = await this.client.flow(item.id);
      const itsKind = collected && kindOf(collected);
      if (!collected || itsKind === undefined) continue;
      // A collected Flow without a container lies inside the segments of this one (AppNote 0006).
      if (collected.container === undefined && flow.container !== undefined) {
        const earlier = tracks.filter((track) => track.flow === flow && track.kind === itsKind).length;
        const formatIndex = item.container_mapping?.format_track_index ?? earlier;
        tracks.push({ flow, kind: itsKind, formatIndex });
      } else if (collected.container !== undefined) {
        tracks.push({
          flow: collected,
          kind: itsKind,
          formatIndex: collected.container_mapping?.format_track_index ?? 0,
        });
      }
    }
    if (tracks.length === 0 && flow.container !== undefined) {
      // Nobody described what is inside: the first picture and the first sound are as good as known.
      return [
        { flow, kind: 'video', formatIndex: 0 },
        { flow, kind: 'audio', formatIndex: 0 },
      ];
    }
    if (tracks.length === 0) throw new Failure(`Flow ${flow.id} collects no picture and no sound with media`);
    return tracks;
  }

  private async trackOf(flow: Flow, kind: 'video' | 'audio'): Promise<SelectedTrack> {
    if (flow.container !== undefined) {
      return { flow, kind, formatIndex: flow.container_mapping?.format_track_index ?? 0 };
    }
    for (const id of flow.collected_by ?? []) {
      const collector = await this.client.flow(id);
      const item = collector?.flow_collection?.find((each) => each.id === flow.id);
      if (!collector || collector.container === undefined || !item) continue;
      return { flow: collector, kind, formatIndex: item.container_mapping?.format_track_index ?? 0 };
    }
    throw new Failure(`Flow ${flow.id} has no container and no Flow with media collects it`, {
      next: 'Choose a Flow with a container.',
    });
  }
}

function kindOf(flow: Flow): 'video' | 'audio' | undefined {
  const kind = flow.format.split(':').at(-1);
  return kind === 'video' || kind === 'audio' ? kind : undefined;
}

/** Of Flows of one Source the least coded (`generation`), then the one with the most bits. */
function bestOf(flows: Flow[]): Flow {
  const rank = (flow: Flow): [number, number] => [flow.generation ?? 0, -(flow.max_bit_rate ?? flow.avg_bit_rate ?? 0)];
  const [best] = flows.toSorted((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1]);
  if (!best) throw new Failure('No Flow to choose from');
  return best;
}
