import { Anchor, Breadcrumbs, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';

/** The way back to the library. @param here what the page shows, for example `Flow` */
export function LibraryTrail({ here }: { readonly here: string }): ReactElement {
  return (
    <Breadcrumbs>
      <Anchor component={Link} href="/" size="sm">
        Library
      </Anchor>
      <Text size="sm" component="span">
        {here}
      </Text>
    </Breadcrumbs>
  );
}
