import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { send } from '../api/client';
import { apiAddress } from '../session/settings';
import type { Overview } from './models';
import classes from './operations.module.css';

const looks = {
  ok: { color: 'teal', title: 'All is well', Icon: IconCircleCheck },
  degraded: { color: 'yellow', title: 'Something is unwell', Icon: IconAlertTriangle },
  error: { color: 'red', title: 'The server does not work', Icon: IconCircleX },
} as const;

/** The one sentence: what does not work, why, since when, what it means; and what to do. */
export function Sentence({ overview }: { readonly overview: Overview }): ReactElement {
  const { status, summary, runbook } = overview;
  const { color, title, Icon } = looks[status];
  return (
    <Alert
      color={color}
      variant="light"
      title={<span className={classes['title']}>{title}</span>}
      icon={<Icon aria-hidden />}
      role="status"
    >
      <Stack gap="xs">
        <Text size="md" fw={500} data-testid="sentence" className={classes['words'] ?? ''}>
          {summary}
        </Text>
        {runbook !== undefined && <Runbook key={runbook} path={runbook} />}
      </Stack>
    </Alert>
  );
}

/** The runbook's text in place: whoever reads it at night should not have to look for it. */
function Runbook({ path }: { readonly path: string }): ReactElement {
  const [opened, setOpened] = useState(false);
  const text = useQuery({
    queryKey: ['runbook', path],
    queryFn: async ({ signal }) => (await send(new Request(`${apiAddress}${path}`, { signal }))).text(),
    enabled: opened,
    staleTime: Infinity,
  });
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Button
          size="compact-sm"
          variant="default"
          aria-expanded={opened}
          onClick={() => {
            setOpened(!opened);
          }}
        >
          {opened ? 'Hide what to do' : 'What to do'}
        </Button>
        <Anchor size="sm" c="inherit" underline="always" href={`${apiAddress}${path}`} target="_blank" rel="noreferrer">
          Runbook
        </Anchor>
      </Group>
      {opened && text.data !== undefined && (
        <Text size="sm" component="pre" className={classes['runbook'] ?? ''} tabIndex={0}>
          {text.data}
        </Text>
      )}
    </Stack>
  );
}
