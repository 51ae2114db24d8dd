import { Card, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Check } from './models';
import classes from './operations.module.css';

const words = { up: 'works', degraded: 'is unwell', down: 'does not work' } as const;
const order = { down: 0, degraded: 1, up: 2 } as const;

/** Every part with its latency and its last hour, those that are unwell first. */
export function Checks({ checks }: { readonly checks: readonly Check[] }): ReactElement {
  const sorted = checks.toSorted((one, other) => order[one.status] - order[other.status]);
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        Parts
      </Title>
      <Stack gap={6}>
        {sorted.map((check) => (
          <Part key={check.name} check={check} />
        ))}
      </Stack>
    </Card>
  );
}

function Part({ check }: { readonly check: Check }): ReactElement {
  const { name, status, latency_ms: latency, message, last_hour: strip } = check;
  return (
    <div>
      <Group gap="sm" wrap="nowrap" justify="space-between">
        <Group gap={8} wrap="nowrap" className="clip">
          <span className={classes['dot']} data-state={status} aria-hidden />
          <Text size="sm" className="clip">
            {name} <span className={classes['quiet']}>{words[status]}</span>
          </Text>
        </Group>
        <Group gap="sm" wrap="nowrap">
          <Text size="xs" c="dimmed" className={`mono ${classes['figure'] ?? ''}`}>
            {latency.toFixed(1)} ms
          </Text>
          <Strip name={name} strip={strip} />
        </Group>
      </Group>
      {message !== undefined && (
        <Text size="sm" pl={20} className={classes['words'] ?? ''}>
          {message}
        </Text>
      )}
    </div>
  );
}

/** A minute a piece, the newest on the right. */
function Strip({ name, strip }: { readonly name: string; readonly strip: Check['last_hour'] }): ReactElement {
  const unwell = strip.filter((state) => state === 'down' || state === 'degraded').length;
  return (
    <svg
      role="img"
      aria-label={`${name}: unwell in ${unwell} of the last 60 minutes`}
      viewBox="0 0 120 14"
      className={classes['strip']}
    >
      {strip.map((state, minute) => (
        // A piece has no identity beside its place.
        <rect key={minute} x={minute * 2} width={1.6} height={14} data-state={state} />
      ))}
    </svg>
  );
}
