import { Center, Loader, Stack } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { ProblemAlert } from '../parts/problem-alert';
import { completeLogIn } from './openid';

/** Where the identity provider sends people back to. */
export function SignedIn(): ReactElement {
  const [, navigate] = useLocation();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    completeLogIn().then((returnTo) => {
      navigate(returnTo === '' ? '/' : returnTo, { replace: true });
    }, setError);
  }, [navigate]);
  if (error === undefined)
    return (
      <Center h="60vh">
        <Loader aria-label="Signing in" />
      </Center>
    );
  return (
    <Stack maw={480} mx="auto" pt="15vh" px="md">
      <ProblemAlert
        error={error}
        retry={() => {
          navigate('/', { replace: true });
        }}
      />
    </Stack>
  );
}
