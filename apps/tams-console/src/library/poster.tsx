import { useQuery } from '@tanstack/react-query';
import { TimeRange } from '@tams/timing';
import type { ReactElement } from 'react';
import type { FlowOverview } from '../api/models';
import { FormatIcon } from '../parts/format';
import styles from './library.module.css';

/** How long a picture nobody looks at is kept, in milliseconds. */
const KEPT = 30 * 60_000;
/** Films begin black: the picture is from later, but not much. */
const LATEST_MOMENT = 30_000_000_000n;

/** The picture of a Flow in the library, made from its media; its symbol where there is none or it cannot be shown. */
export function Poster({ flow }: { readonly flow: FlowOverview }): ReactElement {
  const pictured = picturedIn(flow);
  const extent = pictured && canDecode(pictured.format) ? flow.extent : undefined;
  const isGrowing = flow.activity === 'live' || flow.activity === 'stalled';
  const { data } = useQuery({
    // A growing Flow keeps the picture it began with.
    queryKey: ['poster', pictured?.id, isGrowing ? extent?.split('_')[0] : extent],
    queryFn: async ({ signal }) => {
      const { makePoster } = await import('./make-poster');
      return makePoster(pictured as Pictured, momentIn(extent ?? '', isGrowing), signal);
    },
    enabled: pictured !== undefined && extent !== undefined,
    staleTime: Infinity,
    gcTime: KEPT,
    retry: false,
    refetchOnWindowFocus: false,
  });
  return (
    <div className={styles['poster']} aria-hidden>
      {typeof data === 'string' ? <img src={data} alt="" /> : <FormatIcon format={flow.format} size={24} />}
    </div>
  );
}

interface Pictured {
  readonly id: string;
  readonly format: string;
}

/** The Flow that has something to see: this one, or the first picture it collects. */
function picturedIn(flow: FlowOverview): Pictured | undefined {
  if (flow.format.endsWith(':multi') && flow.from_members === true) {
    const member = flow.members?.find(({ format = '' }) => isPicture(format));
    return member && { id: member.id, format: member.format ?? '' };
  }
  return isPicture(flow.format) || flow.format.endsWith(':multi') ? { id: flow.id, format: flow.format } : undefined;
}

function isPicture(format: string): boolean {
  return format.endsWith(':video') || format.endsWith(':image');
}

/** Browsers decode on pages of TLS or of this machine only. */
function canDecode(format: string): boolean {
  return format.endsWith(':image') || 'VideoDecoder' in globalThis;
}

function momentIn(extent: string, isGrowing: boolean): bigint {
  const { start, end } = TimeRange.parse(extent).toHalfOpen();
  if (start === null || end === null || isGrowing) return start ?? 0n;
  const tenth = (end - start) / 10n;
  return start + (tenth < LATEST_MOMENT ? tenth : LATEST_MOMENT);
}
