import type { QueryKey } from '@tanstack/react-query';
import type { FlowOverview } from '../api/models';
import type { StreamMessage } from './event-reader';

/** What changed since the pages were last brought up to date. */
export interface Changes {
  readonly flowIds: ReadonlySet<string>;
  /** Whether anything may have changed, because some of what happened is not known. */
  readonly everything: boolean;
  /** Whether the server is back: what could not be read meanwhile is tried again. */
  readonly back: boolean;
}

/** More Flows than this are not told apart: a busy server must not make a page remember them all. */
const MOST_TOLD_APART = 1000;

/** No changes. */
export const noChanges: Changes = { flowIds: new Set(), everything: false, back: false };

interface Content {
  readonly resumed?: boolean;
  readonly event?: { readonly flow_id?: string; readonly flow?: { readonly id?: string } };
}

/** The changes with what a message says of them. */
export function withMessage(changes: Changes, { type, data }: StreamMessage): Changes {
  if (type === 'stream/missed') return { ...changes, everything: true };
  const { resumed, event } = JSON.parse(data) as Content;
  // What was read before the stream began may be older than it; one that goes on tells everything since.
  if (type === 'stream/ready') return { ...changes, back: true, everything: changes.everything || resumed !== true };
  const flowId = event?.flow_id ?? event?.flow?.id;
  if (flowId === undefined || changes.everything) return changes;
  if (changes.flowIds.size >= MOST_TOLD_APART) return { ...changes, flowIds: new Set(), everything: true };
  return { ...changes, flowIds: new Set([...changes.flowIds, flowId]) };
}

/** What is read of a Flow that its events change; signed URLs and what somebody is editing stay as they are. */
const ofFlow = new Set<unknown>(['overview', 'metadata', 'coverage', 'segments', 'deletion-preview']);

/** Something a page has read, as TanStack Query keeps it. */
interface Read {
  readonly queryKey: QueryKey;
  readonly state: { readonly data: unknown; readonly status: string };
}

/** Whether what a page has read may be another thing now. */
export function isAffected({ flowIds, everything, back }: Changes, { queryKey, state }: Read): boolean {
  const [kind, id, part] = queryKey;
  if (back && state.status === 'error') return true;
  if (kind === 'library' || kind === 'live') return everything || flowIds.size > 0;
  if (kind !== 'flow' || !ofFlow.has(part)) return false;
  if (everything || flowIds.has(String(id))) return true;
  // A Flow that collects others shows what they hold.
  const members = part === 'overview' ? (state.data as FlowOverview | undefined)?.members : undefined;
  return members?.some((member) => flowIds.has(member.id)) ?? false;
}
