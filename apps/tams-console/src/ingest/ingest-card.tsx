import { Anchor, Button, Card, Group, List, Progress, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { ProblemAlert } from '../parts/problem-alert';
import { writeBytes } from '../parts/write-bytes';
import { dismissIngest, type IngestState, isBusy, resumeIngest, stopIngest } from './ingests';

/** How far the ingest of one file has come, and what can be done about it. */
export function IngestCard({ state }: { readonly state: IngestState }): ReactElement {
  const { key, name, bytes, phase, sentBytes, flowId, warnings, error, next } = state;
  const share = bytes === 0 ? 0 : Math.min(1, sentBytes / bytes);
  return (
    <Card withBorder padding="sm" role="listitem">
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <div style={{ minWidth: 0 }}>
          <Text fw={600} className="clip">
            {name}
          </Text>
          <Group gap={6}>
            {phase === 'done' && <IconCircleCheck size={16} color="var(--mantine-color-teal-6)" aria-hidden />}
            <Text size="sm" c="dimmed" role="status">
              {words(state)}
            </Text>
          </Group>
        </div>
        <Group gap="xs" wrap="nowrap">
          {flowId !== undefined && (
            <Anchor component={Link} href={`/flows/${flowId}`} size="sm">
              Open
            </Anchor>
          )}
          <Actions keyOf={key} phase={phase} />
        </Group>
      </Group>
      {isBusy(state) && (
        <Progress
          mt="xs"
          value={phase === 'sending' ? share * 100 : 0}
          animated={phase !== 'waiting'}
          aria-label={`Ingest of ${name}`}
        />
      )}
      {warnings.length > 0 && (
        <List size="sm" mt="xs">
          {warnings.map((warning) => (
            <List.Item key={warning}>{warning}</List.Item>
          ))}
        </List>
      )}
      {error !== undefined && (
        <div style={{ marginTop: 'var(--mantine-spacing-xs)' }}>
          <ProblemAlert error={error} />
          {next !== undefined && (
            <Text size="sm" mt={4}>
              {next}
            </Text>
          )}
        </div>
      )}
    </Card>
  );
}

function words({ phase, sentBytes, bytes }: IngestState): string {
  const size = writeBytes(bytes);
  if (phase === 'waiting') return `Waits for its turn · ${size}`;
  if (phase === 'reading') return `Being read · ${size}`;
  if (phase === 'sending') return `${writeBytes(sentBytes)} of ${size}`;
  if (phase === 'done') return `Stored · ${writeBytes(sentBytes)}`;
  return phase === 'stopped' ? 'Stopped; what was sent is stored' : 'Not stored as a whole';
}

function Actions({ keyOf, phase }: { readonly keyOf: number; readonly phase: IngestState['phase'] }): ReactElement {
  const quiet = (label: string, act: (key: number) => void): ReactElement => (
    <Button
      size="compact-sm"
      variant="subtle"
      color="gray"
      onClick={() => {
        act(keyOf);
      }}
    >
      {label}
    </Button>
  );
  const end = quiet('Dismiss', dismissIngest);
  if (phase === 'done') return end;
  if (phase === 'stopped' || phase === 'failed') {
    return (
      <>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            resumeIngest(keyOf);
          }}
        >
          {phase === 'failed' ? 'Try again' : 'Go on'}
        </Button>
        {end}
      </>
    );
  }
  return quiet('Stop', stopIngest);
}
