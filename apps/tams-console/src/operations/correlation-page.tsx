import { Anchor, Card, Code, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { api, body } from '../api/client';
import { CopyText } from '../parts/copy-text';
import { Fact } from '../parts/facts';
import { Page } from '../parts/page';
import { ProblemAlert } from '../parts/problem-alert';
import { Outcome, titleOf, writeTime } from './entries';
import { FindForm } from './find-form';
import type { Entry } from './models';
import classes from './operations.module.css';
import { Waterfall } from './waterfall';
import { writeMilliseconds } from './write-value';

const INTERVAL = 5_000;

/** Everything that is known under a correlation id: what waited for what, and what the log says. */
export default function CorrelationPage({ correlationId }: { readonly correlationId: string }): ReactElement {
  const found = useQuery({
    queryKey: ['insight', 'correlation', correlationId],
    queryFn: ({ signal }) =>
      body(api.GET('/insight/correlations/{correlationId}', { params: { path: { correlationId } }, signal })),
    refetchInterval: INTERVAL,
  });
  const links = useQuery({
    queryKey: ['insight', 'links'],
    queryFn: ({ signal }) => body(api.GET('/insight', { signal })),
    staleTime: Infinity,
  });
  const { data, error } = found;
  const nothing = data?.work.length === 0 && data.lines.length === 0;
  return (
    <Page title="What happened" actions={<FindForm />}>
      <Group gap={4} wrap="nowrap">
        <Anchor component={Link} href="/operations" size="sm">
          Operations
        </Anchor>
        <Code className="clip">{correlationId}</Code>
        <CopyText value={correlationId} name="the correlation id" />
      </Group>
      {error && <ProblemAlert error={error} retry={() => void found.refetch()} />}
      {found.isPending && <Loader aria-label="Loading" />}
      {nothing && (
        <Text size="sm">
          Nothing is remembered under this id. What neither failed nor was slow is forgotten when it ends, and so is
          everything when the process does; another replica may know more.
        </Text>
      )}
      {data?.work.map((entry, index) => (
        <Work key={`${entry.started} ${index}`} entry={entry} jaeger={links.data?.links.jaeger} />
      ))}
      {data && data.lines.length > 0 && <Lines lines={data.lines} />}
    </Page>
  );
}

function Work({ entry, jaeger }: { readonly entry: Entry; readonly jaeger: string | undefined }): ReactElement {
  const { facts, trace_id: traceId } = entry;
  return (
    <Card withBorder>
      <Group justify="space-between" gap="xs" mb="xs">
        <Title order={2} size="h4" className={classes['words'] ?? ''}>
          {titleOf(entry)}
        </Title>
        <Text size="sm" c="dimmed">
          {writeTime(entry.started)}, {entry.outcome === 'running' ? 'so far' : 'took'}{' '}
          {writeMilliseconds(entry.duration_ms)}
        </Text>
      </Group>
      <Stack gap="xs">
        <Outcome entry={entry} />
        <Waterfall entry={entry} />
        <Stack gap={2}>
          {Object.entries(facts)
            .filter(([fact]) => !['method', 'route'].includes(fact))
            .map(([fact, value]) => (
              <Fact key={fact} name={fact}>
                <span className="mono">{value}</span>
              </Fact>
            ))}
        </Stack>
        {traceId !== undefined && jaeger !== undefined && (
          <Anchor size="sm" href={`${jaeger}/trace/${traceId}`} target="_blank" rel="noreferrer">
            The trace in Jaeger
          </Anchor>
        )}
      </Stack>
    </Card>
  );
}

function Lines({ lines }: { readonly lines: readonly Readonly<Record<string, unknown>>[] }): ReactElement {
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        Lines of the log
      </Title>
      <Stack gap={4}>
        {lines.map((line, index) => {
          const { level, time, msg, ...fields } = line;
          return (
            // Lines may be the same, and stay in their order.
            <div key={index}>
              <Text size="sm">
                <span className="mono">{writeTime(String(time))}</span> <strong>{String(level)}</strong> {String(msg)}
              </Text>
              <Text size="xs" c="dimmed" className={`mono ${classes['words'] ?? ''}`}>
                {Object.entries(fields)
                  .filter(([name]) => name !== 'correlation_id')
                  .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
                  .join(' ')}
              </Text>
            </div>
          );
        })}
      </Stack>
    </Card>
  );
}
