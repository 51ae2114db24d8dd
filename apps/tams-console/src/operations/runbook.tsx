import { Anchor, Button, Card, Group, Loader, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactElement, Suspense, useState } from 'react';
import { send } from '../api/client';
import { ProblemAlert } from '../parts/problem-alert';
import { apiAddress } from '../session/settings';

const RunbookText = lazy(() => import('./runbook-text'));

interface RunbookProperties {
  /** Below the server's address. */
  readonly path: string;
}

/** The runbook in place: whoever reads it at night should not have to look for it. Links to other runbooks open here too. */
export function Runbook({ path: first }: RunbookProperties): ReactElement {
  const [opened, setOpened] = useState(true);
  const [path, setPath] = useState(first);
  return (
    <Card withBorder>
      <Group gap="sm" mb={opened ? 'xs' : 0}>
        <Title order={2} size="h4">
          What to do
        </Title>
        <Button
          size="compact-sm"
          variant="default"
          aria-expanded={opened}
          onClick={() => {
            setOpened(!opened);
          }}
        >
          {opened ? 'Hide' : 'Show'}
        </Button>
        {path !== first && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              setPath(first);
            }}
          >
            Back
          </Button>
        )}
        <Anchor size="sm" href={`${apiAddress}${path}`} target="_blank" rel="noreferrer">
          As text
        </Anchor>
      </Group>
      {opened && <Fetched path={path} onFollow={setPath} />}
    </Card>
  );
}

function Fetched({ path, onFollow }: RunbookProperties & { readonly onFollow: (path: string) => void }): ReactElement {
  const { data, error } = useQuery({
    queryKey: ['runbook', path],
    queryFn: async ({ signal }) => (await send(new Request(`${apiAddress}${path}`, { signal }))).text(),
    staleTime: Infinity,
  });
  if (error) return <ProblemAlert error={error} />;
  if (data === undefined) return <Loader size="sm" aria-label="Loading" />;
  return (
    <Suspense fallback={<Loader size="sm" aria-label="Loading" />}>
      <RunbookText path={path} text={data} onFollow={onFollow} />
    </Suspense>
  );
}
