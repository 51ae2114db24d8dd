import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { readConsole } from '../api/read-console';
import type { Me, Right } from '../api/models';
import { useCredential } from './credential';

/** Who the server takes this tab for. */
export function useMe(): UseQueryResult<Me> {
  const credential = useCredential();
  return useQuery({
    queryKey: ['me', credential?.authorization],
    queryFn: ({ signal }) => readConsole<Me>('/console/api/me', {}, signal),
    staleTime: 60_000,
    // A renewed credential is the same person's: the pages stay while the server is asked. Who signs in or out has no credential in between.
    placeholderData: (before, query) =>
      credential !== undefined && query?.queryKey[1] !== undefined ? before : undefined,
  });
}

/** Why a person may not do something; `undefined` when they may. */
export function useMissingRight(right: Right): string | undefined {
  const { data: me } = useMe();
  if (!me || me.is_admin === true || me.rights?.includes(right) === true) return undefined;
  return `This needs the scope tams-api/${right}, which you do not have.`;
}
