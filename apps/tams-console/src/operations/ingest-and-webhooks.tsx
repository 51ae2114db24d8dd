import { Anchor, Card, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { FlowOverview, WebhookOverview } from '../api/models';
import { useGrowing } from '../live/use-growing';
import { ActivityBadge } from '../parts/activity-badge';
import { writeDate } from '../parts/moment';
import { ProblemAlert } from '../parts/problem-alert';
import { writeBytes, writeCount } from '../parts/write-bytes';
import { writeAge } from '../time/clock';
import { useWebhooks } from '../webhooks/use-webhooks';

/** Most rows of each kind; the pages Live and Webhooks have them all. */
const MOST = 6;

/** What comes in and what goes out: Flows that grow, stalled first, and receivers, those that fail first. */
export function IngestAndWebhooks(): ReactElement {
  const [growing, webhooks] = [useGrowing(), useWebhooks()];
  const { flows } = growing;
  const error = growing.error ?? webhooks.error;
  const receivers = (webhooks.data?.items ?? []).toSorted((a, b) => troubleOf(b) - troubleOf(a));
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        Ingest and webhooks
      </Title>
      {error && <ProblemAlert error={error} />}
      <Stack gap={6}>
        {flows.slice(0, MOST).map((flow) => (
          <IngestRow key={flow.id} flow={flow} />
        ))}
        {flows.length === 0 && <Quiet>No Flow is growing.</Quiet>}
        {receivers.slice(0, MOST).map((webhook) => (
          <WebhookRow key={webhook.id} webhook={webhook} />
        ))}
        {webhooks.data?.items.length === 0 && <Quiet>Nobody is told of changes.</Quiet>}
      </Stack>
      <Group gap="md" mt="sm">
        <Anchor component={Link} href="/live" size="sm">
          All that grows
        </Anchor>
        <Anchor component={Link} href="/webhooks" size="sm">
          All webhooks
        </Anchor>
      </Group>
    </Card>
  );
}

/** Given up, then failing, then what waits longest. */
function troubleOf({ status, failing_since: failing, owed }: WebhookOverview): number {
  return (status === 'error' ? 2e15 : failing === undefined ? 0 : 1e15) + owed;
}

function Quiet({ children }: { readonly children: string }): ReactElement {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}

function IngestRow({ flow }: { readonly flow: FlowOverview }): ReactElement {
  const { rate, last_added_age_seconds: age } = flow;
  const facts = [
    age === undefined ? undefined : `last Segment ${writeAge(age)}`,
    rate && `${rate.media_per_second.toFixed(2)} s a second`,
    rate?.bits_per_second === undefined ? undefined : `${writeBytes(rate.bits_per_second / 8)}/s`,
  ];
  return (
    <Group justify="space-between" gap="sm" wrap="nowrap">
      <Group gap={6} wrap="nowrap" style={{ minWidth: 0 }}>
        <ActivityBadge activity={flow.activity} />
        <Anchor component={Link} href={`/flows/${flow.id}`} size="sm" className="clip">
          {flow.label ?? flow.id}
        </Anchor>
      </Group>
      <Text size="xs" c="dimmed" ta="right">
        {facts.filter(Boolean).join(' · ')}
      </Text>
    </Group>
  );
}

function WebhookRow({ webhook }: { readonly webhook: WebhookOverview }): ReactElement {
  const { url, status, owed, failing_since: failing, next_attempt: next } = webhook;
  const facts = [
    owed === 0 ? 'owed nothing' : `owed ${writeCount(owed)}`,
    failing && `failing since ${writeDate(failing)}`,
    next && `next attempt ${writeDate(next)}`,
  ];
  return (
    <Group justify="space-between" gap="sm" wrap="nowrap">
      <Text size="sm" className="clip mono" fw={failing === undefined && status !== 'error' ? 400 : 700}>
        {url}
      </Text>
      <Text size="xs" c="dimmed" ta="right">
        {[status, ...facts].filter(Boolean).join(' · ')}
      </Text>
    </Group>
  );
}
