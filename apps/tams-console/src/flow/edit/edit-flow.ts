import { api, body } from '../../api/client';
import { type Tags, tagsFrom } from './tag-lines';

/** What people may change of a Flow. */
export interface FlowChange {
  readonly label: string;
  readonly description: string;
  readonly status: string;
  readonly read_only: boolean;
  /** One line a tag, `name: value`, several values with commas. */
  readonly tags: string;
}

/** Somebody else changed the Flow since it was read. */
export class ChangedMeanwhileError extends Error {
  override readonly name = 'ChangedMeanwhileError';

  constructor() {
    super('Somebody changed this Flow while you did. Close, look at it again, and change it then.');
  }
}

/**
 * Changes a Flow as it was seen.
 * @param version `metadata_version` of what the person saw
 * @throws {ChangedMeanwhileError} {@link ProblemError}
 */
export async function changeFlow(flowId: string, version: string, change: FlowChange): Promise<void> {
  const path = { flowId };
  const now = (await body(api.GET('/flows/{flowId}', { params: { path } }))) as Record<string, unknown>;
  if (now['metadata_version'] !== version) throw new ChangedMeanwhileError();
  // A read-only Flow can be changed in nothing else, so that it is opened first and closed last.
  if (now['read_only'] === true) await setReadOnly(flowId, false);
  const next = {
    ...now,
    label: emptyIsAbsent(change.label),
    description: emptyIsAbsent(change.description),
    status: emptyIsAbsent(change.status),
    tags: tagsFrom(change.tags, (now['tags'] ?? {}) as Tags),
    read_only: false,
    // The server gives the next one.
    metadata_version: undefined,
  };
  await api.PUT('/flows/{flowId}', { params: { path }, body: fitForPut(next) as never });
  if (change.read_only) await setReadOnly(flowId, true);
}

async function setReadOnly(flowId: string, value: boolean): Promise<void> {
  await api.PUT('/flows/{flowId}/read_only', { params: { path: { flowId } }, body: value as never });
}

const emptyIsAbsent = (text: string): string | undefined => (text.trim() === '' ? undefined : text);

/** What comes from a Profile is left to it. */
function fitForPut(flow: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fromProfile = typeof flow['profile_id'] === 'string' && flow['profile_id'] !== '';
  const technical = [
    ...['format', 'codec', 'container', 'avg_bit_rate', 'segment_duration', 'container_mapping', 'essence_parameters'],
  ];
  return Object.fromEntries(Object.entries(flow).filter(([name]) => !(fromProfile && technical.includes(name))));
}
