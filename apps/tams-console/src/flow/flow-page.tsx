import { Badge, Group, Stack, Text } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import type { FlowOverview } from '../api/models';
import { ActivityBadge } from '../parts/activity-badge';
import { CopyText } from '../parts/copy-text';
import { FormatIcon, formatName } from '../parts/format';
import { LibraryTrail } from '../parts/library-trail';
import { Page } from '../parts/page';
import { PendingPage } from '../parts/pending-page';
import { ProblemAlert } from '../parts/problem-alert';
import { FlowActions } from './edit/flow-actions';
import { FlowDesk } from './flow-desk';
import { useFlowOverview } from './use-flow';

/** One Flow: its media on the timeline, and all that is known of it. */
export default function FlowPage({ flowId }: { readonly flowId: string }): ReactElement {
  const { data: flow, error, refetch } = useFlowOverview(flowId);
  if (!flow) return <PendingPage title="Flow" error={error} retry={() => void refetch()} />;
  return (
    <Stack gap="xs">
      <LibraryTrail here="Flow" />
      <Page title={flow.label ?? flow.description ?? 'Without a label'} actions={<FlowActions flow={flow} />}>
        <FlowState flow={flow} />
        {error && <ProblemAlert error={error} retry={() => void refetch()} />}
        <FlowDesk flow={flow} />
      </Page>
    </Stack>
  );
}

function FlowState({ flow }: { readonly flow: FlowOverview }): ReactElement {
  return (
    <Group gap="xs" mt={-8}>
      <ActivityBadge activity={flow.activity} />
      <Group gap={4}>
        <FormatIcon format={flow.format} size={16} />
        <Text size="sm">{flow.summary === '' ? formatName(flow.format) : flow.summary}</Text>
      </Group>
      {flow.status !== undefined && (
        <Badge variant="light" color="gray" tt="none">
          {flow.status.replaceAll('_', ' ')}
        </Badge>
      )}
      {flow.read_only && (
        <Badge variant="light" color="gray" tt="none" leftSection={<IconLock size={12} aria-hidden />}>
          read-only
        </Badge>
      )}
      <Group gap={2}>
        <Text size="xs" c="dimmed" className="mono">
          {flow.id}
        </Text>
        <CopyText value={flow.id} name="the Flow's id" />
      </Group>
    </Group>
  );
}
