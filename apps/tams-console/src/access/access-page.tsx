import { Badge, Card, Group, Loader, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Me, Right } from '../api/models';
import { Fact } from '../parts/facts';
import { Page } from '../parts/page';
import { settings } from '../session/settings';
import { useMe } from '../session/use-me';
import { AuditSearch } from './audit-search';
import { TokenList } from './token-list';

const rights: readonly { readonly right: Right; readonly means: string }[] = [
  { right: 'read', means: 'See and play everything; see webhooks' },
  { right: 'write', means: 'Put media in, change and cut Flows' },
  { right: 'delete', means: 'Delete Flows and Segments' },
  { right: 'admin', means: 'Everything, and what is for administrators alone' },
];

const methods = { none: 'nobody is asked', basic: 'name and password', bearer: 'token', url_token: 'access token' };

/** Who one is to this server, and what one may do. */
export default function AccessPage(): ReactElement {
  const { data: me } = useMe();
  return (
    <Page title="Access">
      {me ? <Rights me={me} /> : <Loader aria-label="Loading" />}
      {settings.modes.includes('url_token') && <TokenList />}
      <AuditSearch />
    </Page>
  );
}

function Rights({ me }: { readonly me: Me }): ReactElement {
  const groups = me.groups ?? [];
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Card withBorder>
        <Title order={2} size="h4" mb="xs">
          {me.name ?? 'Somebody'}
        </Title>
        <Stack gap={4}>
          <Fact name="Known by">{me.method && methods[me.method]}</Fact>
          <Fact name="Groups">{groups.length > 0 ? groups.join(', ') : 'none'}</Fact>
          <Fact name="The server takes">{settings.modes.map((mode) => methods[mode]).join(', ')}</Fact>
        </Stack>
      </Card>
      <Card withBorder>
        <Title order={2} size="h4" mb="xs">
          Rights
        </Title>
        <Stack gap={8}>
          {rights.map(({ right, means }) => {
            const has = me.is_admin === true || me.rights?.includes(right) === true;
            return (
              <Group key={right} justify="space-between" wrap="nowrap">
                <div>
                  <Text size="sm" className="mono">
                    tams-api/{right}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {means}
                  </Text>
                </div>
                <Badge color={has ? 'teal.9' : 'gray.8'} tt="none">
                  {has ? 'yours' : 'not yours'}
                </Badge>
              </Group>
            );
          })}
        </Stack>
      </Card>
      {me.auth_classes?.enabled === true && <Classes classes={me.auth_classes.classes} />}
    </SimpleGrid>
  );
}

type ClassList = NonNullable<Me['auth_classes']>['classes'];

function Classes({ classes }: { readonly classes: ClassList | undefined }): ReactElement {
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        Classes of content
      </Title>
      {!classes && <Text size="sm">Nothing restricts you.</Text>}
      {classes?.length === 0 && <Text size="sm">Content with a class is closed to you.</Text>}
      <Stack gap={4}>
        {classes?.map(({ name, rights: granted }) => (
          <Fact key={name} name={name}>
            {granted.join(', ')}
          </Fact>
        ))}
      </Stack>
    </Card>
  );
}
