import { Alert, Button, Code, CopyButton, Group, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCopy, IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { ProblemError, UnreachableError } from '../api/problem';

/** Shows what went wrong in the server's words, with the id that finds it in the log. */
export function ProblemAlert({ error, retry }: { readonly error: unknown; readonly retry?: () => void }): ReactElement {
  const problem = error instanceof ProblemError ? error.problem : undefined;
  const unreachable = error instanceof UnreachableError;
  const title = problem?.title ?? (unreachable ? 'No answer' : 'That did not work');
  return (
    <Alert
      role="alert"
      color={unreachable ? 'yellow' : 'red'}
      variant="light"
      title={error instanceof ProblemError ? `${title} (${error.status})` : title}
      icon={unreachable ? <IconPlugConnectedX aria-hidden /> : <IconAlertTriangle aria-hidden />}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{Error.isError(error) ? error.message : String(error)}</Text>
        {problem?.errors && (
          <List size="sm">
            {problem.errors.map(({ path, message }) => (
              <List.Item key={`${path} ${message}`}>
                <Code>{path}</Code> {message}
              </List.Item>
            ))}
          </List>
        )}
        <Group gap="xs">
          {retry && (
            <Button size="compact-sm" variant="light" onClick={retry}>
              Try again
            </Button>
          )}
          {problem?.correlation_id !== undefined && <CorrelationId id={problem.correlation_id} />}
        </Group>
      </Stack>
    </Alert>
  );
}

function CorrelationId({ id }: { readonly id: string }): ReactElement {
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<IconCopy size={14} aria-hidden />}
          onClick={copy}
          title="The server's log has this id"
        >
          {copied ? 'Copied' : `Correlation id ${id}`}
        </Button>
      )}
    </CopyButton>
  );
}
