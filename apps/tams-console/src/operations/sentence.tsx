import { Alert, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import type { Overview } from './models';
import classes from './operations.module.css';

const looks = {
  ok: { color: 'teal', title: 'All is well', Icon: IconCircleCheck },
  degraded: { color: 'yellow', title: 'Something is unwell', Icon: IconAlertTriangle },
  error: { color: 'red', title: 'The server does not work', Icon: IconCircleX },
} as const;

/** The one sentence: what does not work, why, since when, and what it means. */
export function Sentence({ overview }: { readonly overview: Overview }): ReactElement {
  const { status, summary } = overview;
  const { color, title, Icon } = looks[status];
  return (
    <Alert
      color={color}
      variant="light"
      title={<span className={classes['title']}>{title}</span>}
      icon={<Icon aria-hidden />}
      role="status"
    >
      <Text size="md" fw={500} data-testid="sentence" className={classes['words'] ?? ''}>
        {summary}
      </Text>
    </Alert>
  );
}
