import { Alert, Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, type SyntheticEvent, useState } from 'react';
import { CopyText } from '../parts/copy-text';
import { writeDate } from '../parts/moment';
import { FormEnd } from '../parts/form-end';
import { type IssuedAccessToken, issueToken, tokensKey } from './access-tokens';

const HOUR = 3_600_000;
const lifetimes = [
  { value: String(HOUR), label: 'One hour' },
  { value: String(8 * HOUR), label: 'Eight hours' },
  { value: String(24 * HOUR), label: 'A day' },
  { value: String(7 * 24 * HOUR), label: 'A week' },
  { value: String(30 * 24 * HOUR), label: 'Thirty days' },
];
const scopes = [
  { value: 'tams-api/read', label: 'See and play' },
  { value: 'tams-api/write', label: 'Put in and change' },
  { value: 'tams-api/delete', label: 'Delete' },
];

/** Issues a token, and shows it the one time it can be seen. */
export function IssueDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const [issued, setIssued] = useState<IssuedAccessToken>();
  return (
    <Modal opened onClose={onClose} title="Issue a URL token" size="lg" closeOnClickOutside={false}>
      {issued ? <Issued token={issued} onClose={onClose} /> : <IssueForm onIssued={setIssued} onClose={onClose} />}
    </Modal>
  );
}

interface FormProperties {
  readonly onIssued: (token: IssuedAccessToken) => void;
  readonly onClose: () => void;
}

function IssueForm({ onIssued, onClose }: FormProperties): ReactElement {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string[]>(['tams-api/read']);
  const [groups, setGroups] = useState('');
  const [lifetime, setLifetime] = useState(String(8 * HOUR));
  const issue = useMutation({
    mutationFn: () =>
      issueToken({
        name: name.trim(),
        scopes: chosen,
        groups: groups
          .split(',')
          .map((group) => group.trim())
          .filter((group) => group !== ''),
        expires: new Date(Date.now() + Number(lifetime)).toISOString(),
      }),
    onSuccess: async (token) => {
      onIssued(token);
      await client.invalidateQueries({ queryKey: tokensKey });
    },
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    issue.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label="Who uses it"
          description="What is done with the token is written down under this name."
          required
          maxLength={200}
          data-autofocus
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        <Checkbox.Group label="What it may do" value={chosen} onChange={setChosen}>
          <Group mt={4}>
            {scopes.map(({ value, label }) => (
              <Checkbox key={value} value={value} label={label} />
            ))}
          </Group>
        </Checkbox.Group>
        <TextInput
          label="Groups"
          description="Separated by commas; they decide which classes of content it opens."
          value={groups}
          onChange={(event) => {
            setGroups(event.currentTarget.value);
          }}
        />
        <Select
          label="Valid for"
          data={lifetimes}
          value={lifetime}
          allowDeselect={false}
          onChange={(value) => {
            if (value !== null) setLifetime(value);
          }}
        />
        <FormEnd verb="Issue" action={issue} disabled={name.trim() === '' || chosen.length === 0} onClose={onClose} />
      </Stack>
    </form>
  );
}

interface IssuedProperties {
  readonly token: IssuedAccessToken;
  readonly onClose: () => void;
}

function Issued({ token, onClose }: IssuedProperties): ReactElement {
  return (
    <Stack gap="sm">
      <Alert color="teal" variant="light" title={`Issued to ${token.name}`} role="status">
        <Text size="sm">Copy it now: it is never shown again. It is valid until {writeDate(token.expires)}.</Text>
      </Alert>
      <Group gap={4} wrap="nowrap">
        <Text className="mono" size="sm" data-testid="token" style={{ overflowWrap: 'anywhere' }}>
          {token.access_token}
        </Text>
        <CopyText value={token.access_token} name="the token" />
      </Group>
      <Text size="sm">Whoever has it adds it to an address of the API: ?access_token=…</Text>
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
