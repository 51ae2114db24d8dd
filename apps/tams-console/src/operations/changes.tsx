import { Badge, Card, Group, NativeSelect, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { api, body } from '../api/client';
import { Fact } from '../parts/facts';
import { writeDate } from '../parts/moment';
import { ProblemAlert } from '../parts/problem-alert';
import classes from './operations.module.css';

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type Level = (typeof levels)[number];
/** Most starts on the page. */
const MOST_STARTS = 10;

/** What is different: starts, versions, settings, the level of the log. */
export function Changes(): ReactElement {
  const changes = useQuery({
    queryKey: ['insight', 'changes'],
    queryFn: ({ signal }) => body(api.GET('/insight/changes', { signal })),
  });
  const { data, error } = changes;
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        What changed
      </Title>
      {error && <ProblemAlert error={error} retry={() => void changes.refetch()} />}
      {data && (
        <Stack gap="xs">
          <LogLevel level={data.log_level} />
          <Fact name="Version">
            {data.version}, Node {data.node}
          </Fact>
          <Fact name="Last migration">{data.migrations.at(-1)}</Fact>
          {data.store_problem !== undefined && <Text size="sm">{data.store_problem}</Text>}
          <Title order={3} size="h6" mt="xs">
            Starts
          </Title>
          {data.starts.slice(0, MOST_STARTS).map(({ name, version, started, state, this_one: own }) => (
            <Group key={`${name} ${started}`} gap="xs" justify="space-between">
              <Text size="sm" className={classes['words'] ?? ''}>
                {writeDate(started)}, {name}, {version}
                {own && ' (this one)'}
              </Text>
              <Badge
                color={state === 'silent' ? 'red.9' : state === 'running' ? 'teal.9' : 'gray.8'}
                tt="none"
                size="sm"
              >
                {state}
              </Badge>
            </Group>
          ))}
          <Title order={3} size="h6" mt="xs">
            Settings that differ from their defaults
          </Title>
          {data.settings.map(({ name, value }) => (
            <Fact key={name} name={name}>
              <span className="mono">{value}</span>
            </Fact>
          ))}
          {data.unknown_settings.map((sentence) => (
            <Text key={sentence} size="sm">
              {sentence}
            </Text>
          ))}
        </Stack>
      )}
    </Card>
  );
}

function LogLevel({ level }: { readonly level: string }): ReactElement {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (next: Level) => body(api.PUT('/insight/log-level', { body: { level: next } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['insight', 'changes'] }),
  });
  return (
    <>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" component="label" htmlFor="log-level">
          Level of the log
        </Text>
        <NativeSelect
          id="log-level"
          size="xs"
          value={level}
          data={[...levels]}
          onChange={(event) => {
            change.mutate(event.currentTarget.value as Level);
          }}
        />
      </Group>
      {change.error && <ProblemAlert error={change.error} />}
    </>
  );
}
