import { Badge, Button, Card, Group, Loader, Modal, ScrollArea, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { FinalStep } from '../parts/final-step';
import { writeDate } from '../parts/moment';
import { ProblemAlert } from '../parts/problem-alert';
import { RightButton } from '../parts/right-button';
import { useMissingRight } from '../session/use-me';
import { type AccessToken, revokeToken, stateOf, tokensKey, useAccessTokens } from './access-tokens';
import { IssueDialog } from './issue-dialog';

/** Tokens for URLs: who has one, until when, and an end to it. For administrators. */
export function TokenList(): ReactElement {
  const missing = useMissingRight('admin');
  const [issuing, issue] = useDisclosure(false);
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          URL tokens
        </Title>
        <RightButton right="admin" size="xs" onClick={issue.open}>
          Issue a token
        </RightButton>
      </Group>
      {missing === undefined ? <Tokens /> : <Text size="sm">Administrators see and issue them.</Text>}
      {issuing && <IssueDialog onClose={issue.close} />}
    </Card>
  );
}

function Tokens(): ReactElement {
  const tokens = useAccessTokens();
  const [doomed, setDoomed] = useState<AccessToken>();
  const items = tokens.data?.pages.flatMap((page) => page.items);
  if (tokens.error) return <ProblemAlert error={tokens.error} retry={() => void tokens.refetch()} />;
  if (!items) return <Loader size="sm" aria-label="Loading tokens" />;
  if (items.length === 0)
    return (
      <Text size="sm" c="dimmed">
        None was issued.
      </Text>
    );
  return (
    <Stack gap="xs">
      <ScrollArea viewportProps={{ tabIndex: 0, 'aria-label': 'URL tokens', role: 'region' }}>
        <Table miw={760}>
          <Table.Thead>
            <Table.Tr>
              {['Used by', 'May', 'Groups', 'Issued', 'Expires', 'State'].map((name) => (
                <Table.Th key={name}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((token) => (
              <TokenRow key={token.id} token={token} onRevoke={setDoomed} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {tokens.hasNextPage && (
        <Button variant="default" loading={tokens.isFetchingNextPage} onClick={() => void tokens.fetchNextPage()}>
          Show more
        </Button>
      )}
      {doomed && (
        <RevokeDialog
          token={doomed}
          onClose={() => {
            setDoomed(undefined);
          }}
        />
      )}
    </Stack>
  );
}

interface RowProperties {
  readonly token: AccessToken;
  readonly onRevoke: (token: AccessToken) => void;
}

function TokenRow({ token, onRevoke }: RowProperties): ReactElement {
  const [now] = useState(Date.now);
  const state = stateOf(token, now);
  return (
    <Table.Tr>
      <Table.Td>{token.name}</Table.Td>
      <Table.Td>{token.scopes.map((scope) => scope.split('/').at(-1)).join(', ')}</Table.Td>
      <Table.Td>{token.groups.join(', ')}</Table.Td>
      <Table.Td>
        {writeDate(token.created)}
        {token.created_by !== undefined && ` by ${token.created_by}`}
      </Table.Td>
      <Table.Td>{writeDate(token.expires)}</Table.Td>
      <Table.Td>
        {state === 'valid' ? (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Revoke ${token.name}`}
            onClick={() => {
              onRevoke(token);
            }}
          >
            Revoke
          </Button>
        ) : (
          <Badge size="sm" tt="none" color="gray.8">
            {state}
          </Badge>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function RevokeDialog({ token, onClose }: { readonly token: AccessToken; readonly onClose: () => void }): ReactElement {
  const client = useQueryClient();
  const revocation = useMutation({
    mutationFn: () => revokeToken(token.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: tokensKey });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Revoke “${token.name}”`}>
      <Stack gap="sm">
        <Text size="sm">
          Whoever uses it is refused at once, on every server of this store. It cannot be given back.
        </Text>
        <FinalStep verb="Revoke" action={revocation} onClose={onClose} />
      </Stack>
    </Modal>
  );
}
