import { Anchor, Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { RetentionOverview } from '../api/models';
import { readConsole } from '../api/read-console';
import { writeDate } from '../parts/moment';
import { ProblemAlert } from '../parts/problem-alert';
import { writeCount } from '../parts/write-bytes';

/** What goes by retention, and when. */
export function RetentionList(): ReactElement {
  const { data, error, refetch } = useQuery({
    queryKey: ['retention'],
    queryFn: ({ signal }) => readConsole<RetentionOverview>('/console/api/retention', {}, signal),
  });
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        Retention
      </Title>
      {error && <ProblemAlert error={error} retry={() => void refetch()} />}
      {data?.items.length === 0 && (
        <Text size="sm" c="dimmed">
          No Flow has a retention.
        </Text>
      )}
      <Stack gap={6}>
        {data?.items.map((item) => (
          <Group key={`${item.flow_id} ${item.what}`} gap={8}>
            <Anchor component={Link} href={`/flows/${item.flow_id}`} size="sm">
              {item.label ?? item.flow_id}
            </Anchor>
            <Badge size="sm" color={item.due_now ? 'red.9' : 'gray.8'} tt="none">
              {item.due_now ? 'goes now' : 'goes later'}
            </Badge>
            <Text size="sm" c="dimmed">
              {item.problem ?? item.held ?? whatGoes(item)}
            </Text>
          </Group>
        ))}
        {data?.more === true && (
          <Text size="xs" c="dimmed">
            and more
          </Text>
        )}
      </Stack>
    </Card>
  );
}

function whatGoes({ what, segments = 0, due }: RetentionOverview['items'][number]): string {
  const subject = what === 'segments' ? `${writeCount(segments)} Segments` : 'the Flow';
  return due === undefined ? subject : `${subject}, ${writeDate(due)}`;
}
