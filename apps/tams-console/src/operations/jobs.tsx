import { Badge, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { api } from '../api/client';
import { FinalStep } from '../parts/final-step';
import { RightButton } from '../parts/right-button';
import { Cause } from './cause';
import type { RunningJob } from './models';
import classes from './operations.module.css';
import { writeProgress } from './write-progress';
import { writeValue } from './write-value';

/** Jobs of all replicas that go on or wait: how far they are, and how to stop them. */
export function Jobs({ jobs }: { readonly jobs: readonly RunningJob[] }): ReactElement | null {
  if (jobs.length === 0) return null;
  return (
    <Stack gap="sm" component="ul" className={classes['plain'] ?? ''} aria-label="Jobs">
      {jobs.map((job) => (
        <Job key={job.id} job={job} />
      ))}
    </Stack>
  );
}

function Job({ job }: { readonly job: RunningJob }): ReactElement {
  const { kind, state, attempt, seconds, progress, stop, correlation_id: cause } = job;
  return (
    <li className={classes['session']}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" className={classes['words'] ?? ''}>
          Job <strong>{kind}</strong>, {state} for {writeValue(seconds, 's')}
          {attempt > 1 && <>, attempt {attempt}</>}
        </Text>
        {stop ? (
          <Badge color="gray.8" tt="none">
            Stopping, by {stop.by}
          </Badge>
        ) : (
          <StopJob job={job} />
        )}
      </Group>
      {progress && <Bar progress={progress} />}
      <Cause correlationId={cause} />
    </li>
  );
}

function Bar({ progress }: { readonly progress: NonNullable<RunningJob['progress']> }): ReactElement {
  const { about, done, total } = progress;
  const words = writeProgress(progress);
  const isKnown = total !== undefined && total > 0;
  return (
    <Stack gap={4} mt={4}>
      <Text size="xs" className={classes['words'] ?? ''}>
        {about}
      </Text>
      {isKnown && <Progress value={Math.min(100, (done / total) * 100)} aria-label={about} />}
      <Text size="xs" className="mono">
        {words}
      </Text>
    </Stack>
  );
}

function StopJob({ job: { id, kind, when_stopped: leaves } }: { readonly job: RunningJob }): ReactElement | null {
  const [opened, { open, close }] = useDisclosure(false);
  const client = useQueryClient();
  const stop = useMutation({
    mutationFn: async () => {
      await api.POST('/insight/jobs/{jobId}/stop', { params: { path: { jobId: id } } });
    },
    onSuccess: async () => {
      close();
      await client.invalidateQueries({ queryKey: ['insight'] });
    },
  });
  if (leaves === undefined) return null;
  return (
    <>
      <RightButton right="admin" size="compact-sm" variant="default" onClick={open}>
        Stop {kind}
      </RightButton>
      <Modal opened={opened} onClose={close} title={`Stop the job ${kind}?`}>
        <Stack gap="sm">
          <Text size="sm">It ends after the batch it is at. {leaves}</Text>
          <FinalStep verb="Stop it" action={stop} onClose={close} />
        </Stack>
      </Modal>
    </>
  );
}
