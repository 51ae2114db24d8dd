import { Button, Group, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type ReactElement, useState } from 'react';
import { useLocation } from 'wouter';

/** Leads from a correlation id to all that is known under it. */
export function FindForm(): ReactElement {
  const [id, setId] = useState('');
  const [, go] = useLocation();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (id.trim() !== '') go(`/operations/${encodeURIComponent(id.trim())}`);
      }}
    >
      <Group gap={6} wrap="nowrap">
        <TextInput
          size="sm"
          aria-label="Correlation id"
          placeholder="Correlation id"
          value={id}
          onChange={(event) => {
            setId(event.currentTarget.value);
          }}
        />
        <Button type="submit" size="sm" variant="default" leftSection={<IconSearch size={14} aria-hidden />}>
          Find
        </Button>
      </Group>
    </form>
  );
}
