import { Anchor } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { useMissingRight } from '../session/use-me';

/** Leads administrators to who changed a resource. */
export function AuditLink({ id }: { readonly id: string }): ReactElement | null {
  if (useMissingRight('admin') !== undefined) return null;
  return (
    <Anchor component={Link} size="sm" href={`/access?resource=${id}`}>
      Who changed it
    </Anchor>
  );
}
