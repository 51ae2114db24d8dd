import { Anchor, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';

/** Leads from a job or a session to the request it works for, where that is known. */
export function Cause({ correlationId }: { readonly correlationId: string | undefined }): ReactElement | null {
  if (correlationId === undefined) return null;
  return (
    <Text size="xs">
      for{' '}
      <Anchor component={Link} fz="xs" href={`/operations/${encodeURIComponent(correlationId)}`}>
        {correlationId}
      </Anchor>
    </Text>
  );
}
