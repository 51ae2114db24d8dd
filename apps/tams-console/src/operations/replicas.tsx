import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { writeDate } from '../parts/moment';
import type { Overview } from './models';
import classes from './operations.module.css';

/** The other processes on this store, as each says of itself; nothing where there is none. */
export function Replicas({ overview }: { readonly overview: Overview }): ReactElement | null {
  const { replicas } = overview;
  if (replicas.length < 2) return null;
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        Replicas
      </Title>
      <Stack gap="xs">
        {replicas.map(({ name, version, started, seen, state, status, summary, this_one: own }) => (
          <div key={`${name} ${started}`}>
            <Group justify="space-between" gap="xs">
              <Text size="sm" fw={600}>
                {name}, {version}
                {own && ' (this one)'}
              </Text>
              <Badge color={state === 'silent' ? 'red.9' : status === 'ok' ? 'teal.9' : 'orange.9'} tt="none" size="sm">
                {state === 'silent' ? 'silent' : status}
              </Badge>
            </Group>
            <Text size="sm" className={classes['words'] ?? ''}>
              {summary}
            </Text>
            <Text size="xs" c="dimmed">
              Since {writeDate(started)}, last seen {writeDate(seen)}
            </Text>
          </div>
        ))}
      </Stack>
    </Card>
  );
}
