import { NANOSECONDS_PER_SECOND, TimeRange } from '@tams/timing';
import { summaryOf } from './codec-summary';
import { LIVE_SECONDS, SIZED_SEGMENTS } from './figures';
import type { ExtentRow, FlowOverviewRow, MemberRow } from './flow-overview.repository';
import type { Activity, FlowOverview } from './library.schema';

/** A row of the overview as clients read it. */
export function presentFlow(row: FlowOverviewRow): FlowOverview {
  const fromMembers = row.segment_count === '0' && row.members_extent.segment_count !== '0';
  const { technical } = row;
  return {
    id: row.id,
    source_id: row.source_id,
    ...given({ label: row.label, description: row.description, container: row.container, status: row.status }),
    ...given({ format: technical.format as FlowOverview['format'], codec: technical.codec }),
    read_only: row.read_only,
    created: row.created,
    metadata_updated: row.metadata_updated,
    ...given({ tags: row.tags }),
    summary: summaryOf(technical),
    ...given({ essence_parameters: technical.essence_parameters }),
    ...extentsOf(fromMembers ? row.members_extent : row, row.status),
    ...playbackOf('flows', row.id, fromMembers ? row.members_extent : row),
    ...(fromMembers && { from_members: true as const }),
    ...coverageOf(row),
    ...sizeOf(row),
    ...(row.members && { members: row.members.map(presentMember), member_count: Number(row.member_count) }),
    ...(row.collected_by.length > 0 && { collected_by: row.collected_by }),
    ...rateOf(row.rate),
  };
}

/** Where segments lie, and when one was last added. @param status of the Flow, as its client set it */
export function extentsOf(
  row: ExtentRow,
  status: string | null,
): Pick<
  FlowOverview,
  'segment_count' | 'extent' | 'duration_seconds' | 'last_added' | 'last_added_age_seconds' | 'activity'
> {
  const [start, end] = [row.first_start_ns, row.last_end_ns].map((bound) => (bound === null ? null : BigInt(bound)));
  return {
    segment_count: Number(row.segment_count),
    ...(typeof start === 'bigint' &&
      typeof end === 'bigint' && {
        extent: TimeRange.fromHalfOpen({ start, end }).toString(),
        duration_seconds: secondsOf(end - start),
      }),
    ...given({ last_added: row.segments_added, last_added_age_seconds: row.added_age }),
    activity: activityOf(row, status),
  };
}

/** Where a player finds something that has segments. */
export function playbackOf(
  kind: 'flows' | 'sources',
  id: string,
  { segment_count: count }: ExtentRow,
): Pick<FlowOverview, 'playback'> {
  return count === '0' ? {} : { playback: `/${kind}/${id}/output.m3u8` };
}

function activityOf({ segment_count: count, added_age: age }: ExtentRow, status: string | null): Activity {
  if (count === '0') return 'empty';
  if (status === 'closed_complete') return 'idle';
  if (age !== null && age < LIVE_SECONDS) return 'live';
  return status === 'ingesting' ? 'stalled' : 'idle';
}

function coverageOf(row: FlowOverviewRow): Pick<FlowOverview, 'covered_seconds' | 'hole_seconds'> {
  if (row.first_start_ns === null || row.last_end_ns === null) return {};
  const covered = BigInt(row.media_ns);
  const extent = BigInt(row.last_end_ns) - BigInt(row.first_start_ns);
  return { covered_seconds: secondsOf(covered), hole_seconds: secondsOf(extent - covered) };
}

/** Added up when the few segments looked at are all there are; else as much for each second as the latest take. */
function sizeOf(row: FlowOverviewRow): Pick<FlowOverview, 'size_bytes' | 'size_exact'> {
  if (row.sized_bytes === null || row.sized_ns === null) return {};
  const bytes = Number(row.sized_bytes);
  if (Number(row.segment_count) <= SIZED_SEGMENTS && row.sized === row.objects)
    return { size_bytes: bytes, size_exact: true };
  return { size_bytes: Math.round((bytes * Number(row.media_ns)) / Number(row.sized_ns)), size_exact: false };
}

function rateOf(rate: FlowOverviewRow['rate']): Pick<FlowOverview, 'rate'> {
  if (!rate || rate.media_per_second === null) return {};
  const bits = rate.bits_per_second;
  return {
    rate: {
      media_per_second: rate.media_per_second,
      ...(bits !== null && { bits_per_second: Math.round(bits) }),
    },
  };
}

function presentMember(member: MemberRow): NonNullable<FlowOverview['members']>[number] {
  const { id, role, label, format, codec, segment_count } = member;
  return {
    id,
    ...given({ role, label, format: format as FlowOverview['format'] | null, codec }),
    segment_count,
  };
}

/** Whole and broken seconds of nanoseconds; as exact as a JavaScript number is. */
export function secondsOf(nanoseconds: bigint): number {
  return Number(nanoseconds) / Number(NANOSECONDS_PER_SECOND);
}

/** The properties that have a value. */
export function given<Properties extends object>(
  properties: Properties,
): { [Name in keyof Properties]?: NonNullable<Properties[Name]> } {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== null && value !== undefined),
  ) as { [Name in keyof Properties]?: NonNullable<Properties[Name]> };
}
