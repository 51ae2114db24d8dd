import { Group, Stack, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactElement, ReactNode } from 'react';

interface PageProperties {
  readonly title: string;
  /** Beside the title: buttons, state. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page: its title in the window and at its top, its content below. */
export function Page({ title, actions, children }: PageProperties): ReactElement {
  useDocumentTitle(`${title} · TAMS console`);
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <Title order={1} size="h2">
          {title}
        </Title>
        {actions}
      </Group>
      {children}
    </Stack>
  );
}
