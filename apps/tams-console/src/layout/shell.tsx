import {
  ActionIcon,
  Anchor,
  AppShell,
  Burger,
  Group,
  Menu,
  NavLink,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBook2, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react';
import { type ReactElement, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useFollowing } from '../events/use-events';
import { setCredential } from '../session/credential';
import { apiAddress, settings } from '../session/settings';
import { useMe } from '../session/use-me';
import { queryClient } from '../api/query-client';
import { destinations } from './navigation';

/** The frame of every page: name, navigation, who is there. */
export function Shell({ children }: { readonly children: ReactNode }): ReactElement {
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a className="skip" href="#main">
        Skip to content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={opened ? 'Close navigation' : 'Open navigation'}
            />
            <Link href="/" className="plain">
              <Group gap={8} wrap="nowrap">
                <Brand />
                <Text fw={700} size="lg" component="span">
                  TAMS
                </Text>
              </Group>
            </Link>
          </Group>
          <Group gap={4} wrap="nowrap">
            <SchemeButton />
            <Identity />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <Navigation onGo={close} />
        <Following />
        <Group p="xs" pt={0} justify="space-between">
          <Anchor size="xs" href={`${apiAddress}/docs`} c="dimmed">
            <Group gap={4} component="span">
              <IconBook2 size={14} aria-hidden /> API
            </Group>
          </Anchor>
          <Text size="xs" c="dimmed">
            {settings.version}
          </Text>
        </Group>
      </AppShell.Navbar>
      <AppShell.Main id="main">{children}</AppShell.Main>
    </AppShell>
  );
}

function Navigation({ onGo }: { readonly onGo: () => void }): ReactElement {
  const [path] = useLocation();
  return (
    <>
      {destinations.map(({ path: to, label, icon: Icon }) => {
        const active =
          to === '/' ? path === '/' || path.startsWith('/flows/') || path.startsWith('/sources/') : path.startsWith(to);
        return (
          <NavLink
            key={to}
            component={Link}
            href={to}
            label={label}
            active={active}
            aria-current={active ? 'page' : undefined}
            leftSection={<Icon size={18} aria-hidden />}
            onClick={onGo}
          />
        );
      })}
    </>
  );
}

/** Whether what the pages show is told by the server as it happens. */
function Following(): ReactElement {
  const following = useFollowing();
  return (
    <Text size="xs" c="dimmed" mt="auto" px="xs" pb={4} role="status">
      {following ? 'Changes show at once' : 'Changes show after a while'}
    </Text>
  );
}

function Brand(): ReactElement {
  return (
    <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="7" fill="#0b7285" />
      <path d="M5 10h10M17 10h10M5 16h16M5 22h6M13 22h14" stroke="#fff" strokeWidth="4" />
      <path d="M20 4v24" stroke="#ffd43b" strokeWidth="2" />
    </svg>
  );
}

function SchemeButton(): ReactElement {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const next = scheme === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={`Switch to ${next} colours`}
      onClick={() => {
        setColorScheme(next);
      }}
    >
      {scheme === 'dark' ? <IconSun size={18} aria-hidden /> : <IconMoon size={18} aria-hidden />}
    </ActionIcon>
  );
}

function signOut(): void {
  setCredential(undefined);
  queryClient.clear();
}

function Identity(): ReactElement | null {
  const { data: me } = useMe();
  if (!me || me.method === 'none') return null;
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Signed in as ${me.name ?? 'somebody'}`}>
          <IconUserCircle size={20} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.name}</Menu.Label>
        <Menu.Label>{me.is_admin === true ? 'Administrator' : (me.rights ?? []).join(', ') || 'No rights'}</Menu.Label>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={signOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
