import { Alert, List, Loader, Text } from '@mantine/core';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { DeletionPreview, FlowOverview } from '../../api/models';
import { readConsole } from '../../api/read-console';
import { ProblemAlert } from '../../parts/problem-alert';
import { writeBytes, writeCount } from '../../parts/write-bytes';

/**
 * What the deletion of a Flow would take with it.
 * @param enabled false once it is being deleted
 */
export function useDeletionPreview(flowId: string, enabled: boolean): UseQueryResult<DeletionPreview> {
  return useQuery({
    queryKey: ['flow', flowId, 'deletion-preview'],
    queryFn: ({ signal }) => readConsole<DeletionPreview>(`/console/api/flows/${flowId}/deletion-preview`, {}, signal),
    staleTime: 0,
    gcTime: 0,
    enabled,
  });
}

interface ConsequencesProperties {
  readonly flow: FlowOverview;
  readonly preview: UseQueryResult<DeletionPreview>;
}

/** Names the Flow, and says what goes with it and what stays. */
export function Consequences({ flow, preview }: ConsequencesProperties): ReactElement {
  const { data, error, refetch } = preview;
  if (error) return <ProblemAlert error={error} retry={() => void refetch()} />;
  return (
    <Alert color="red" variant="light" title={flow.label ?? flow.id}>
      <Text size="xs" className="mono">
        {flow.id}
      </Text>
      {data ? <Figures preview={data} /> : <Loader size="sm" aria-label="Loading what would go" />}
      <List size="sm">
        {(flow.member_count ?? 0) > 0 && (
          <List.Item>
            {count(flow.member_count ?? 0, 'Flow')} that it collects: kept. Delete them by themselves.
          </List.Item>
        )}
        {(flow.collected_by?.length ?? 0) > 0 && (
          <List.Item>It disappears from {count(flow.collected_by?.length ?? 0, 'Flow')} that collect it.</List.Item>
        )}
      </List>
      <Text size="sm" fw={600} mt="xs">
        This cannot be undone.
      </Text>
    </Alert>
  );
}

function Figures({ preview }: { readonly preview: DeletionPreview }): ReactElement {
  const { objects, shared_objects: shared, bytes, freed_bytes: freed, more } = preview;
  const own = objects - shared;
  return (
    <>
      <List size="sm">
        <List.Item>{count(preview.flow_segment_count, 'Segment')}: deleted.</List.Item>
        {own > 0 && (
          <List.Item>
            {atLeast(more)}
            {count(own, 'object')} that nothing else uses, {writeBytes(freed)}: removed from storage later, by the
            collector.
          </List.Item>
        )}
        {shared > 0 && (
          <List.Item>
            {atLeast(more)}
            {count(shared, 'object')} that others use too, {writeBytes(bytes - freed)}: kept.
          </List.Item>
        )}
      </List>
      {more && (
        <Text size="xs" c="dimmed">
          Objects were counted for the first {writeCount(preview.segments)} Segments.
        </Text>
      )}
    </>
  );
}

function count(number: number, noun: string): string {
  return `${writeCount(number)} ${noun}${number === 1 ? '' : 's'}`;
}

function atLeast(more: boolean): string {
  return more ? 'At least ' : '';
}
