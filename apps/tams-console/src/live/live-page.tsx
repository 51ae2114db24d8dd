import { Card, Group, Loader, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { FlowOverview } from '../api/models';
import { ActivityBadge } from '../parts/activity-badge';
import { Fact } from '../parts/facts';
import { Page } from '../parts/page';
import { ProblemAlert } from '../parts/problem-alert';
import { writeBytes } from '../parts/write-bytes';
import { writeAge, writeLength } from '../time/clock';
import { useGrowing } from './use-growing';

/** What grows right now, and first what should and does not. */
export default function LivePage(): ReactElement {
  const { flows, error, isPending, retry } = useGrowing();
  return (
    <Page title="Live">
      {error && <ProblemAlert error={error} retry={retry} />}
      {isPending && !error && <Loader aria-label="Loading" />}
      {!isPending && flows.length === 0 && (
        <Stack align="center" py="xl" gap={4}>
          <Text fw={600}>Nothing is growing</Text>
          <Text size="sm" c="dimmed" ta="center">
            Flows show here while Segments are added, and when they stop although their status is ingesting.
          </Text>
        </Stack>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {flows.map((flow) => (
          <GrowingFlow key={flow.id} flow={flow} />
        ))}
      </SimpleGrid>
    </Page>
  );
}

function GrowingFlow({ flow }: { readonly flow: FlowOverview }): ReactElement {
  const { rate, last_added_age_seconds: age, duration_seconds: duration, hole_seconds: holes = 0 } = flow;
  return (
    <Card withBorder component={Link} href={`/flows/${flow.id}`}>
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <Text fw={600} className="clip">
          {flow.label ?? flow.id}
        </Text>
        <ActivityBadge activity={flow.activity} />
      </Group>
      <Stack gap={4}>
        <Fact name="Last Segment">{age === undefined ? undefined : writeAge(age)}</Fact>
        <Fact name="Grows by">{rate && `${rate.media_per_second.toFixed(2)} s a second`}</Fact>
        <Fact name="Rate">
          {rate?.bits_per_second === undefined ? undefined : `${writeBytes(rate.bits_per_second / 8)}/s`}
        </Fact>
        <Fact name="Length">{duration === undefined ? undefined : writeLength(duration)}</Fact>
        <Fact name="Holes">{holes > 0 ? writeLength(holes) : undefined}</Fact>
        <Fact name="Kind">{flow.summary}</Fact>
      </Stack>
    </Card>
  );
}
