import { Group, Text } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';

/** A name and what is known under it. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement | null {
  if (children === undefined || children === null || children === '') return null;
  return (
    <Group justify="space-between" align="baseline" gap="md" wrap="nowrap">
      <Text size="sm" c="dimmed" component="span" style={{ flex: 'none' }}>
        {name}
      </Text>
      <Text size="sm" component="div" ta="right" style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </Group>
  );
}
