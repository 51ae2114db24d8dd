import { Badge, Card, Group, Loader, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil } from '@tabler/icons-react';
import type { ReactElement, ReactNode } from 'react';
import { api, body } from '../api/client';
import { Page } from '../parts/page';
import { ProblemAlert } from '../parts/problem-alert';
import { RightButton } from '../parts/right-button';
import { EditService } from './edit-service';

/** What this server is. */
export default function ServicePage(): ReactElement {
  const service = useQuery({ queryKey: ['service'], queryFn: ({ signal }) => body(api.GET('/service', { signal })) });
  const { data, error } = service;
  const [editing, edit] = useDisclosure(false);
  return (
    <Page
      title="Service"
      actions={
        <RightButton
          right="admin"
          variant="default"
          leftSection={<IconPencil size={16} aria-hidden />}
          obstacle={data ? undefined : 'The server has not answered yet.'}
          onClick={edit.open}
        >
          Edit
        </RightButton>
      }
    >
      {editing && data && <EditService name={data.name} description={data.description} onClose={edit.close} />}
      {error && <ProblemAlert error={error} retry={() => void service.refetch()} />}
      {service.isPending && <Loader aria-label="Loading" />}
      {data && (
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Card withBorder>
            <Title order={2} size="h4">
              {data.name}
            </Title>
            <Text c="dimmed" mb="md">
              {data.description}
            </Text>
            <Stack gap="xs">
              <Fact name="API">TAMS {data.api_version}</Fact>
              <Fact name="Server">{data.service_version}</Fact>
              <Fact name="Type">
                <span className="mono">{data.type}</span>
              </Fact>
              <Fact name="Objects wait for their Segment">{data.min_object_timeout}</Fact>
              <Fact name="URLs stay valid">{data.min_presigned_url_timeout}</Fact>
              <Fact name="Tells of changes by">
                <Group gap={4}>
                  {data.event_stream_mechanisms.map(({ name }) => (
                    <Badge key={name} variant="light" tt="none">
                      {name}
                    </Badge>
                  ))}
                </Group>
              </Fact>
            </Stack>
          </Card>
        </SimpleGrid>
      )}
    </Page>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <Group justify="space-between" gap="xs">
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text size="sm" component="div">
        {children}
      </Text>
    </Group>
  );
}
