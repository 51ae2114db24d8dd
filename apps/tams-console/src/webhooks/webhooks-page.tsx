import { Badge, Button, Card, Group, Loader, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { api, body } from '../api/client';
import type { WebhookOverview } from '../api/models';
import { Fact } from '../parts/facts';
import { writeDate } from '../parts/moment';
import { Page } from '../parts/page';
import { ProblemAlert } from '../parts/problem-alert';
import { RightButton } from '../parts/right-button';
import { writeCount } from '../parts/write-bytes';
import { Deliveries } from './deliveries';
import { MOST_WEBHOOKS, useWebhooks } from './use-webhooks';

/** Who is told of changes, and how that goes: who is owed what, and since when. */
export default function WebhooksPage(): ReactElement {
  const webhooks = useWebhooks();
  const { data, error } = webhooks;
  return (
    <Page title="Webhooks">
      {error && <ProblemAlert error={error} retry={() => void webhooks.refetch()} />}
      {webhooks.isPending && <Loader aria-label="Loading" />}
      {data?.items.length === 0 && (
        <Stack align="center" py="xl" gap={4}>
          <Text fw={600}>No webhooks</Text>
          <Text size="sm" c="dimmed" ta="center">
            Whoever registers one with POST /service/webhooks is told of changes, and shows here.
          </Text>
        </Stack>
      )}
      {data?.items.map((webhook) => (
        <Webhook key={webhook.id} webhook={webhook} />
      ))}
      {data?.nextKey !== undefined && (
        <Text size="xs" c="dimmed">
          The first {MOST_WEBHOOKS}.
        </Text>
      )}
    </Page>
  );
}

const colours = { created: 'gray.8', started: 'teal.9', disabled: 'gray.8', error: 'red.9' } as const;

function Webhook({ webhook }: { readonly webhook: WebhookOverview }): ReactElement {
  const [opened, { toggle }] = useDisclosure(false);
  return (
    <Card withBorder>
      <Group justify="space-between" gap="xs" mb="xs" wrap="nowrap">
        <Text fw={600} className="clip mono" size="sm">
          {webhook.url}
        </Text>
        <Badge color={colours[webhook.status]} tt="none">
          {webhook.status}
        </Badge>
      </Group>
      <Stack gap={4}>
        <Fact name="Events">{webhook.events.join(', ')}</Fact>
        <Fact name="Owed">{webhook.owed === 0 ? 'nothing' : `${writeCount(webhook.owed)} events`}</Fact>
        <Fact name="Oldest owed">{webhook.oldest_owed && writeDate(webhook.oldest_owed)}</Fact>
        <Fact name="Failing since">{webhook.failing_since && <strong>{writeDate(webhook.failing_since)}</strong>}</Fact>
        <Fact name="Next attempt">{webhook.next_attempt && writeDate(webhook.next_attempt)}</Fact>
      </Stack>
      <Group gap="xs" mt="sm">
        <Button size="compact-sm" variant="default" aria-expanded={opened} onClick={toggle}>
          {opened ? 'Hide deliveries' : 'Show deliveries'}
        </Button>
        <TestButton webhookId={webhook.id} />
      </Group>
      {opened && <Deliveries webhookId={webhook.id} />}
    </Card>
  );
}

/** Tries the receiver at once, and tells how that went. */
function TestButton({ webhookId }: { readonly webhookId: string }): ReactElement {
  const test = useMutation({
    mutationFn: () => body(api.POST('/service/webhooks/{webhookId}/test', { params: { path: { webhookId } } })),
  });
  return (
    <>
      <RightButton
        right="read"
        size="compact-sm"
        variant="default"
        loading={test.isPending}
        onClick={() => {
          test.mutate();
        }}
      >
        Send a test
      </RightButton>
      {test.data && (
        <Text size="sm" role="status">
          {test.data.delivered
            ? `It was taken, in ${test.data.duration_ms} ms.`
            : `It was not taken: ${test.data.error ?? 'no reason given'}.`}
        </Text>
      )}
      {test.error && <ProblemAlert error={test.error} />}
    </>
  );
}
