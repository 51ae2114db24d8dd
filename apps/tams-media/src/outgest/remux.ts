import { Output } from 'mediabunny';
import type { TamsClient } from '../client/tams-client';
import {
  boundsOf,
  Failure,
  formatTimeRange,
  formatTimestamp,
  least,
  summaryOf,
  type TrackDescription,
  type TrackWriter,
  trackWriter,
} from '@tams/media';
import { fileTarget } from './file-target';
import { ObjectStore } from './object-store';
import { completePresentation } from './presentation';
import {
  type FileExtent,
  hasEditLists,
  outputFormat,
  packetsReserved,
  refuseUnfitTracks,
  type RemuxFormat,
  wavWriter,
} from './remux-formats';
import type { SelectedTrack, Selection } from './selection';
import { TrackReader, type TimedPacket } from './track-reader';
import { TRANSPORT_STREAM_START, TransportStreamFile } from './transport-stream-file';
import { nothingThere, rangeOf } from './wanted-range';

/** What to write. */
export interface RemuxOptions {
  format: RemuxFormat;
  timerange: string | undefined;
  /** Whether stretches without media are kept as time in which nothing changes, or refused. */
  gaps: 'keep' | 'refuse';
  warn: (text: string) => void;
}

/** What was written. */
export interface RemuxResult {
  /** Range on the Flow's timeline that a player shows. */
  timerange: string;
  seconds: number;
  tracks: string[];
  packets: number;
  /** How exact the start is. */
  start: 'frame' | 'key frame';
  /** How exact the end is: pictures after it may be shown that others before it need, where a format cannot hide them. */
  end: 'frame' | 'later frame';
}

/**
 * Writes tracks of any timerange into one file, nothing encoded anew. Time zero of the file is the wanted start.
 * @throws Failure where there is nothing to write or the format cannot hold it
 */
export async function remux(
  client: TamsClient,
  selection: Selection,
  path: string,
  options: RemuxOptions,
): Promise<RemuxResult> {
  const objects = new ObjectStore(client);
  try {
    return await new Remux(client, objects, selection, options).writeTo(path);
  } finally {
    await objects.dispose();
  }
}

/** Where a track has come to. */
interface Lane {
  packets: AsyncGenerator<TimedPacket>;
  next: TimedPacket;
  /** Where its presentation begins. */
  shownFrom: bigint;
  description: TrackDescription;
  initialisation: string;
}

class Remux {
  private first: bigint | undefined;
  private last = 0n;
  private count = 0;
  /** Whether something is shown that begins after the wanted end. */
  private showsLater = false;
  private firstPicture: bigint | undefined;

  constructor(
    private readonly client: TamsClient,
    private readonly objects: ObjectStore,
    private readonly selection: Selection,
    private readonly options: RemuxOptions,
  ) {}

  async writeTo(path: string): Promise<RemuxResult> {
    const lanes = await this.openLanes();
    try {
      const origin = this.originOf(lanes);
      await this.writeLanes(path, lanes, origin);
      return this.result(lanes, origin);
    } finally {
      await Promise.all(lanes.map(({ packets }) => packets.return(undefined)));
    }
  }

  private async openLanes(): Promise<Lane[]> {
    const lanes: Lane[] = [];
    for (const track of this.selection.tracks) {
      const reader = this.readerOf(track);
      const packets = reader.packets();
      const next = await packets.next();
      if (next.done) {
        this.options.warn(`Flow ${track.flow.id} has no ${track.kind} here`);
        continue;
      }
      const { description } = next.value.media;
      const initialisation = await initialisationOf(next.value);
      lanes.push({ packets, next: next.value, shownFrom: reader.shownFrom, description, initialisation });
    }
    if (lanes.length === 0) throw nothingThere(this.selection.name, this.options.timerange);
    refuseUnfitTracks(
      this.options.format,
      lanes.map(({ description }) => description),
    );
    return lanes;
  }

  private readerOf(track: SelectedTrack): TrackReader {
    const { timerange, gaps, warn, format } = this.options;
    return new TrackReader(this.client, this.objects, track, {
      range: rangeOf(timerange),
      timerange,
      withLeadIn: hasEditLists(format),
      gap: (start, end) => {
        const where = `${track.kind} of Flow ${track.flow.id} has no media in ${formatTimeRange(start, end)}`;
        if (gaps === 'refuse') {
          throw new Failure(`The ${where}`, {
            next: 'Write the parts on both sides of it, or leave out --gaps refuse.',
          });
        }
        warn(`The ${where}: ${track.kind === 'video' ? 'the last picture stays' : 'there is silence'}`);
      },
      warn,
    });
  }

  /** An edit list hides what is before the wanted start or the Flow's own; elsewhere the file begins with its first packet. */
  private originOf(lanes: Lane[]): bigint {
    const earliest = least(lanes.map((lane) => lane.next.start));
    if (!hasEditLists(this.options.format)) return earliest;
    const shown = least(lanes.map((lane) => lane.shownFrom));
    return shown > earliest ? shown : earliest;
  }

  private async writeLanes(path: string, lanes: Lane[], origin: bigint): Promise<void> {
    const { end } = rangeOf(this.options.timerange);
    const extent = { seconds: await this.secondsWanted(), isEnded: end !== undefined };
    const file = this.options.format === 'ts' ? await TransportStreamFile.create(path) : undefined;
    const target = file?.target ?? (await fileTarget(path));
    const output = new Output({ format: outputFormat(this.options.format, extent), target });
    const open: { lane: Lane; writer: TrackWriter }[] = [];
    for (const lane of lanes) {
      const writer = await this.writerOf(output, lane, extent);
      open.push({ lane, writer: file?.watching(writer, lane.description) ?? writer });
    }
    await output.start();
    try {
      await this.copyPackets(open, origin);
      await output.finalize();
    } catch (error) {
      // What stopped it is told; that a file which failed cannot be closed again is not.
      await output.cancel().catch(() => undefined);
      throw error;
    }
    if (!hasEditLists(this.options.format)) return;
    const isEarlier = end !== undefined && end < this.last;
    await completePresentation(path, isEarlier ? Number(end - origin) / 1e9 : undefined);
    if (isEarlier) [this.last, this.showsLater] = [end, false];
  }

  /** The earliest packet of all tracks first. */
  private async copyPackets(open: { lane: Lane; writer: TrackWriter }[], origin: bigint): Promise<void> {
    while (open.length > 0) {
      this.client.signal?.throwIfAborted();
      const current = open.reduce((first, each) => (each.lane.next.start < first.lane.next.start ? each : first));
      await this.write(current.writer, current.lane.next, origin);
      const next = await current.lane.packets.next();
      if (next.done) {
        current.writer.close();
        open.splice(open.indexOf(current), 1);
        continue;
      }
      await this.refuseNewInitialisation(current.lane, next.value);
      current.lane.next = next.value;
    }
  }

  private async write(writer: TrackWriter, timed: TimedPacket, origin: bigint): Promise<void> {
    const lead = this.options.format === 'ts' ? TRANSPORT_STREAM_START : 0;
    const timestamp = Number(timed.start - origin) / 1e9 + lead;
    await writer.add(timed.packet.clone({ timestamp }));
    this.count += 1;
    if (this.first === undefined || timed.start < this.first) this.first = timed.start;
    if (timed.end > this.last) this.last = timed.end;
    const { end } = rangeOf(this.options.timerange);
    if (end !== undefined && timed.start >= end) this.showsLater = true;
    if (timed.media.description.kind === 'video') this.firstPicture ??= timed.start;
  }

  private async writerOf(output: Output, lane: Lane, extent: FileExtent): Promise<TrackWriter> {
    if (this.options.format === 'wav') return wavWriter(output, lane.next);
    const count = packetsReserved(this.options.format, lane.description, extent);
    return trackWriter(output, lane.next.media, lane.next.packet, count);
  }

  /** Seconds that are wanted of the longest Flow. */
  private async secondsWanted(): Promise<number> {
    const wanted = rangeOf(this.options.timerange);
    const lengths = await Promise.all(
      this.selection.tracks.map(async ({ flow }) => {
        const bounds = boundsOf((await this.client.flow(flow.id))?.timerange ?? '');
        if (!bounds) return 0;
        const start = wanted.start !== undefined && wanted.start > bounds.start ? wanted.start : bounds.start;
        const end = wanted.end !== undefined && wanted.end < bounds.end ? wanted.end : bounds.end;
        return Number(end - start) / 1e9;
      }),
    );
    return Math.max(0, ...lengths);
  }

  private async refuseNewInitialisation(lane: Lane, timed: TimedPacket): Promise<void> {
    if (timed.media === lane.next.media) return;
    const initialisation = await initialisationOf(timed);
    if (initialisation === lane.initialisation) return;
    throw new Failure(
      `What a decoder must know of the ${lane.description.kind} changes at ${formatTimestamp(timed.start)}`,
      {
        next: 'One file holds one: write the ranges before and after it with --timerange, or the segments as they are with --format segments.',
      },
    );
  }

  private result(lanes: Lane[], origin: bigint): RemuxResult {
    const first = this.first ?? origin;
    const start = first > origin ? first : origin;
    const wanted = rangeOf(this.options.timerange).start ?? origin;
    const isHidden = hasEditLists(this.options.format);
    return {
      timerange: formatTimeRange(start, this.last > start ? this.last : start + 1n),
      seconds: Number(this.last - start) / 1e9,
      tracks: lanes.map(({ description }) => description.codecString),
      packets: this.count,
      start: isHidden || (this.firstPicture ?? wanted) >= wanted ? 'frame' : 'key frame',
      end: this.showsLater ? 'later frame' : 'frame',
    };
  }
}

async function initialisationOf({ media }: TimedPacket): Promise<string> {
  const config: { codec: string; description?: unknown } | null = await media.track.getDecoderConfig();
  const { description } = config ?? {};
  const bytes = ArrayBuffer.isView(description)
    ? Buffer.from(description.buffer, description.byteOffset, description.byteLength).toString('hex')
    : '';
  return `${config?.codec ?? ''} ${summaryOf(media.description)} ${bytes}`;
}
