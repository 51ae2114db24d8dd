import { Anchor, Group, Loader, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { Page } from '../parts/page';
import { ProblemAlert } from '../parts/problem-alert';
import { useMissingRight } from '../session/use-me';
import { Changes } from './changes';
import { Charts } from './charts';
import { Checks } from './checks';
import { DiagnoseButton } from './diagnose-button';
import { Entries } from './entries';
import { FindForm } from './find-form';
import { IngestAndWebhooks } from './ingest-and-webhooks';
import type { Overview } from './models';
import { Replicas } from './replicas';
import { Routes } from './routes';
import { Runbook } from './runbook';
import { Running } from './running';
import { Sentence } from './sentence';
import { useOverview } from './use-overview';

/** How the server is and was within the last hour, worst first. */
export default function OperationsPage(): ReactElement {
  const missing = useMissingRight('admin');
  if (missing !== undefined)
    return (
      <Page title="Operations">
        <Text>{missing}</Text>
      </Page>
    );
  return <Watch />;
}

function Watch(): ReactElement {
  const { overview, error } = useOverview();
  return (
    <Page
      title="Operations"
      actions={
        <Group gap="sm">
          <FindForm />
          <DiagnoseButton />
        </Group>
      }
    >
      {error !== undefined && <ProblemAlert error={error} />}
      {!overview && error === undefined && <Loader aria-label="Loading" />}
      {overview && (
        <Stack gap="md">
          <Sentence overview={overview} />
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <Stack gap="md">
              {overview.runbook !== undefined && <Runbook key={overview.runbook} path={overview.runbook} />}
              <Checks checks={overview.checks} />
            </Stack>
            <Stack gap="md">
              <Running />
              <IngestAndWebhooks />
            </Stack>
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <Entries />
            <Routes />
          </SimpleGrid>
          <Charts />
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <Changes />
            <Replicas overview={overview} />
          </SimpleGrid>
          <Tools links={overview.links} />
        </Stack>
      )}
    </Page>
  );
}

const names = { grafana: 'Grafana', jaeger: 'Jaeger', prometheus: 'Prometheus' } as const;

function Tools({ links }: { readonly links: Overview['links'] }): ReactElement {
  return (
    <Group gap="md">
      {(Object.keys(names) as (keyof typeof names)[]).map((tool) => {
        const address = links[tool];
        return address === undefined ? null : (
          <Anchor key={tool} size="sm" href={address} target="_blank" rel="noreferrer">
            {names[tool]}
          </Anchor>
        );
      })}
    </Group>
  );
}
