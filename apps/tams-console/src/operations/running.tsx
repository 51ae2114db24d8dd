import { Card, Code, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { api, body } from '../api/client';
import { FinalStep } from '../parts/final-step';
import { ProblemAlert } from '../parts/problem-alert';
import { RightButton } from '../parts/right-button';
import { Cause } from './cause';
import { EntryTable } from './entries';
import { Jobs } from './jobs';
import type { Entry, RunningNow, Session } from './models';
import classes from './operations.module.css';
import { writeValue } from './write-value';

/** What has gone on for a second: work of this process, and sessions of the metadata store with who keeps whom waiting. */
export function Running(): ReactElement {
  const running = useQuery({
    queryKey: ['insight', 'now'],
    queryFn: ({ signal }) => body(api.GET('/insight/now', { signal })),
  });
  const { data, error } = running;
  const work = data ? workBeside(data) : [];
  const quiet = data && work.length + data.sessions.length + data.jobs.length === 0 && !data.sessions_problem;
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        Going on for more than a second
      </Title>
      <Stack gap="sm">
        {error && <ProblemAlert error={error} retry={() => void running.refetch()} />}
        {quiet && (
          <Text size="sm" c="dimmed">
            Nothing.
          </Text>
        )}
        {work.length > 0 && <EntryTable entries={work} label="Going on now" />}
        {data && <Jobs jobs={data.jobs} />}
        {data?.sessions_problem !== undefined && (
          <Text size="sm">The metadata store does not tell what it does: {data.sessions_problem}</Text>
        )}
        {data?.sessions.map((session) => (
          <SessionCard key={`${session.pid} ${session.session_started}`} session={session} all={data.sessions} />
        ))}
      </Stack>
    </Card>
  );
}

/** Work that is not shown as a job anyway. */
function workBeside({ work, jobs }: RunningNow): Entry[] {
  const shown = new Set(jobs.map(({ id }) => id));
  return work.filter(({ facts }) => !shown.has(String(facts['messaging.message.id'])));
}

function SessionCard({ session, all }: { readonly session: Session; readonly all: readonly Session[] }): ReactElement {
  const { pid, application, state, seconds, query, blocked_by: blockers, waits, correlation_id: cause } = session;
  const keepsWaiting = all.filter((other) => other.blocked_by.includes(pid)).length;
  return (
    <div className={classes['session']} data-blocks={keepsWaiting > 0}>
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          Session <strong>{pid}</strong> ({application ?? 'an unnamed client'}), {state} for {writeValue(seconds, 's')}
          {blockers.length > 0 && <>, waits for session {blockers.join(', ')}</>}
          {blockers.length === 0 && state === 'active' && waits !== undefined && <>, waits: {waits}</>}
          {keepsWaiting > 0 && (
            <>
              , <strong>keeps {keepsWaiting} waiting</strong>
            </>
          )}
        </Text>
        <StopSession session={session} />
      </Group>
      <Code block className={classes['query'] ?? ''} tabIndex={0}>
        {query}
      </Code>
      <Cause correlationId={cause} />
    </div>
  );
}

function StopSession({ session }: { readonly session: Session }): ReactElement {
  const [opened, { open, close }] = useDisclosure(false);
  const client = useQueryClient();
  const isIdle = session.state !== 'active';
  const verb = isIdle ? 'End session' : 'Cancel statement';
  const { pid, session_started: started } = session;
  const stop = useMutation({
    mutationFn: async () => {
      await api.POST('/insight/sessions/{pid}/stop', {
        params: { path: { pid } },
        body: { session_started: started, end_session: isIdle },
      });
    },
    onSuccess: async () => {
      close();
      await client.invalidateQueries({ queryKey: ['insight'] });
    },
  });
  return (
    <>
      <RightButton right="admin" size="compact-sm" variant="default" onClick={open}>
        {verb} {pid}
      </RightButton>
      <Modal opened={opened} onClose={close} title={`${verb} ${pid}?`}>
        <Stack gap="sm">
          <Text size="sm">
            {isIdle
              ? 'Its open transaction is rolled back, and the program it belongs to loses its connection.'
              : 'Whoever asked for it gets an error.'}
          </Text>
          <FinalStep verb={verb} action={stop} onClose={close} />
        </Stack>
      </Modal>
    </>
  );
}
