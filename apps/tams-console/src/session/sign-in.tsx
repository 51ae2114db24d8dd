import { Button, Divider, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconKey, IconLogin2 } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactElement, type SyntheticEvent, useState } from 'react';
import { send } from '../api/client';
import { ProblemAlert } from '../parts/problem-alert';
import { basicCredential, bearerCredential, type Credential, setCredential } from './credential';
import { logIn } from './openid';
import { apiAddress, consolePath, settings } from './settings';

const hasModes = (...modes: string[]): boolean => settings.modes.some((mode) => modes.includes(mode));

/** Asks who is there, in every way the server takes. */
export function SignIn(): ReactElement {
  return (
    <Stack align="center" pt={{ base: 'md', sm: '12vh' }} px="md">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={420} component="main" id="main">
        <Stack>
          <Title order={1} size="h2">
            Sign in
          </Title>
          <Text size="sm" c="dimmed">
            This store wants to know who you are. What you enter stays in this tab.
          </Text>
          {settings.oidc && <OpenIdButton />}
          {settings.oidc && hasModes('basic') && <Divider label="or" />}
          {hasModes('basic') && <PasswordForm />}
          {hasModes('bearer', 'url_token') && (
            <>
              <Divider label="or" />
              <TokenForm />
            </>
          )}
        </Stack>
      </Paper>
    </Stack>
  );
}

function OpenIdButton(): ReactElement {
  const leave = useMutation({
    mutationFn: () => logIn(`${location.pathname.slice(consolePath.length)}${location.search}`),
  });
  return (
    <>
      <Button
        leftSection={<IconLogin2 size={18} aria-hidden />}
        loading={leave.isPending}
        onClick={() => {
          leave.mutate();
        }}
      >
        Log in at {new URL(settings.oidc?.issuer ?? location.href).host}
      </Button>
      {leave.error && <ProblemAlert error={leave.error} />}
    </>
  );
}

/** Tries a credential before it is taken, so that a wrong one is told of here. */
function useTry() {
  return useMutation({
    mutationFn: async (tried: Credential) => {
      await send(new Request(`${apiAddress}/console/api/me`, { headers: { Authorization: tried.authorization } }));
      setCredential(tried);
    },
  });
}

function PasswordForm(): ReactElement {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const attempt = useTry();
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    attempt.mutate(basicCredential(name, password));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label="User name"
          autoComplete="username"
          required
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => {
            setPassword(event.currentTarget.value);
          }}
        />
        {attempt.error && <ProblemAlert error={attempt.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={attempt.isPending} variant={settings.oidc ? 'light' : 'filled'}>
            Sign in
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function TokenForm(): ReactElement {
  const [token, setToken] = useState('');
  const attempt = useTry();
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    attempt.mutate(bearerCredential(token.trim()));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <PasswordInput
          label="Token"
          description="An access token you were given"
          autoComplete="off"
          required
          value={token}
          onChange={(event) => {
            setToken(event.currentTarget.value);
          }}
        />
        {attempt.error && <ProblemAlert error={attempt.error} />}
        <Group justify="flex-end">
          <Button
            type="submit"
            loading={attempt.isPending}
            variant="light"
            leftSection={<IconKey size={16} aria-hidden />}
          >
            Use token
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
