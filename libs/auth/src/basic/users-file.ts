import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Principal, principalOf } from '../principal';
import { rightsOf, scopeOf } from '../scopes';
import { type Right, rights } from '@tams/platform';

/** A user of the file. */
export interface User {
  readonly principal: Principal;
  readonly passwordHash: string;
}

/** bcrypt with 2^10 rounds or more; at 2^16 one check takes seconds. */
const bcryptHash = /^\$2[aby]\$1[0-6]\$[./A-Za-z0-9]{53}$/;

const right = z
  .string()
  .transform((text) => rights.find((candidate) => text === candidate || text === scopeOf(candidate)))
  .refine((value): value is Right => value !== undefined, `must be one of ${rights.map(scopeOf).join(', ')}`);

const user = z.strictObject({
  name: z.string().regex(/^[^:\p{Cc}]{1,200}$/u, 'must be 1 to 200 characters without colons and control characters'),
  password_hash: z
    .string()
    .regex(bcryptHash, 'must be a bcrypt hash of cost 10 to 16, as `htpasswd -nbBC 12 name password` prints'),
  scopes: z.array(right),
  groups: z.array(z.string().min(1)).default([]),
});

const usersFile = z.strictObject({ users: z.array(user) });

/** The users file has a mistake; says where. Never shows a hash. */
export class UsersFileError extends Error {
  override readonly name = 'UsersFileError';

  constructor(path: string, mistakes: readonly string[], cause?: unknown) {
    super(`AUTH_BASIC_USERS_FILE ${path} cannot be used:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`, {
      cause,
    });
  }
}

/**
 * Reads the users: YAML with `users:` when the file is called `.yaml` or `.yml`, else lines `name:hash:scopes:groups` as
 * htpasswd begins them (scopes and groups are comma lists; lines that start with # are comments).
 * @throws {UsersFileError}
 */
export function readUsersFile(path: string): ReadonlyMap<string, User> {
  const document = documentOf(path);
  const parsed = usersFile.safeParse(document);
  if (!parsed.success) {
    throw new UsersFileError(
      path,
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    );
  }
  const users = new Map<string, User>();
  for (const { name, password_hash: passwordHash, scopes, groups } of parsed.data.users) {
    if (users.has(name)) throw new UsersFileError(path, [`user ${name} is there twice`]);
    const granted = rightsOf(scopes.map(scopeOf));
    const principal = principalOf({ id: `basic:${name}`, name, scopes: granted, groups, method: 'basic' });
    users.set(name, { principal, passwordHash });
  }
  return users;
}

function documentOf(path: string): unknown {
  try {
    const text = readFileSync(path, 'utf8');
    return /\.ya?ml$/i.test(path) ? parse(text) : { users: text.split(/\r?\n/).flatMap(userOfLine) };
  } catch (error) {
    throw new UsersFileError(path, [Error.isError(error) ? error.message : String(error)], error);
  }
}

function userOfLine(line: string): unknown[] {
  if (line.trim() === '' || line.startsWith('#')) return [];
  const [name, hash, scopes, groups] = line.split(':');
  return [{ name, password_hash: hash, scopes: listOf(scopes), groups: listOf(groups) }];
}

function listOf(text = ''): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
