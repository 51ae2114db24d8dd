import { Loader } from '@mantine/core';
import type { ReactElement } from 'react';
import { Page } from './page';
import { ProblemAlert } from './problem-alert';

interface PendingProperties {
  /** What is to be shown, for example `Flow`. */
  readonly title: string;
  /** Why it cannot be shown; absent while it is read. */
  readonly error: unknown;
  readonly retry: () => void;
}

/** A page whose content is not there yet, or does not come. */
export function PendingPage({ title, error, retry }: PendingProperties): ReactElement {
  return (
    <Page title={title}>
      {error ? <ProblemAlert error={error} retry={retry} /> : <Loader aria-label={`Loading the ${title}`} />}
    </Page>
  );
}
