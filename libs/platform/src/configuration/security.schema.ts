import { z } from 'zod';
import { choices, emptyIsAbsent, flag, integer, list, text } from './setting-kinds';

/** How callers may say who they are. */
export const authenticationModes = ['none', 'bearer', 'basic', 'url_token'] as const;
export type AuthenticationMode = (typeof authenticationModes)[number];

/** What may answer without credentials, beside the probes. */
export const openPaths = ['health', 'metrics', 'docs'] as const;
export type OpenPath = (typeof openPaths)[number];

/** The rights of AppNote 0016; every one is a scope `tams-api/<right>`. */
export const rights = ['admin', 'read', 'write', 'delete'] as const;
export type Right = (typeof rights)[number];

/** Signature algorithms with a public key. Secrets shared with an issuer (HS*) and unsigned tokens have no place here. */
export const signatureAlgorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
] as const;

/** Whether a URL is fit to be trusted with keys: over TLS, or not leaving this machine. */
export function isSecureOrLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}

const issuer = z.string().refine(isSecureOrLoopback, 'must be https URLs; plain http is accepted on loopback only');

/** `viewer=read,editor=read+write`: names an identity provider uses, and the rights they stand for. */
const scopesMap = z.preprocess(
  emptyIsAbsent,
  z
    .string()
    .default('')
    .transform((value, context): ReadonlyMap<string, readonly Right[]> => {
      const map = new Map<string, readonly Right[]>();
      for (const entry of value.split(',').filter((part) => part.trim() !== '')) {
        const separator = entry.lastIndexOf('=');
        const names = entry
          .slice(separator + 1)
          .split('+')
          .map((name) => name.trim());
        const known = rights.filter((right) => names.includes(right));
        if (separator < 1 || known.length !== names.length)
          context.addIssue(`has "${entry}"; write name=read+write, rights being ${rights.join(', ')}`);
        else map.set(entry.slice(0, separator).trim(), known);
      }
      return map;
    }),
);

/** What a class of content may permit (AppNote 0016, finer grained authorisation). */
export const classRights = ['read', 'write', 'delete'] as const;
export type ClassRight = (typeof classRights)[number];

/** What members of one group may do with content of one class. */
export interface ClassGrant {
  /** `*` for everybody who is known. */
  readonly group: string;
  readonly className: string;
  readonly rights: readonly ClassRight[];
}

/** `sport:news=read,desk:news=admin`: groups, classes, and what the one may do with the other; `admin` is all there is. */
const classesMap = z.preprocess(
  emptyIsAbsent,
  z
    .string()
    .default('')
    .transform((value, context): readonly ClassGrant[] =>
      value
        .split(',')
        .filter((part) => part.trim() !== '')
        .flatMap((entry) => {
          const [, group = '', className = '', names = ''] = /^(.+):([^:=]+)=([a-z+\s]+)$/.exec(entry.trim()) ?? [];
          const wanted = names.split('+').map((name) => name.trim());
          const known = classRights.filter((right) => wanted.includes(right) || wanted.includes('admin'));
          const valid = wanted.every((name) => name === 'admin' || (classRights as readonly string[]).includes(name));
          if (group !== '' && valid) return [{ group: group.trim(), className: className.trim(), rights: known }];
          context.addIssue(
            `has "${entry}"; write group:class=read+write, rights being ${classRights.join(', ')}, admin`,
          );
          return [];
        }),
    ),
);

/** The environment variables of authentication and of what stands around the HTTP server. */
export const securityEnvironment = {
  AUTH_MODE: choices('none', authenticationModes).refine((modes) => modes.length > 0, 'must name at least one mode'),
  AUTH_ALLOW_NONE_IN_PRODUCTION: flag(),
  AUTH_OIDC_ISSUERS: list('').pipe(z.array(issuer)),
  AUTH_OIDC_AUDIENCE: list(''),
  AUTH_OIDC_AUDIENCE_CLAIM: z.preprocess(emptyIsAbsent, z.string().default('aud')),
  AUTH_OIDC_ALGORITHMS: choices('RS256,PS256,ES256,EdDSA,Ed25519', signatureAlgorithms),
  AUTH_OIDC_CLOCK_SKEW_SECONDS: integer(30, 0, 300),
  AUTH_OIDC_JWKS_COOLDOWN_SECONDS: integer(30, 0, 600),
  AUTH_OIDC_CLIENT_ID: text(),
  AUTH_NAME_CLAIM: list('preferred_username,email,client_id,azp,sub'),
  AUTH_SCOPES_CLAIM: list('scope,scp'),
  AUTH_SCOPES_MAP: scopesMap,
  AUTH_GROUPS_CLAIM: z.preprocess(emptyIsAbsent, z.string().default('groups')),
  AUTH_CLASSES: z.preprocess(
    emptyIsAbsent,
    z
      .enum(['on', 'off'], 'must be on or off')
      .default('off')
      .transform((value) => value === 'on'),
  ),
  AUTH_CLASSES_MAP: classesMap,
  AUTH_BASIC_USERS_FILE: text(),
  AUTH_BASIC_FAILURES_PER_MINUTE: integer(60, 0, 1_000_000),
  AUTH_OPEN_PATHS: z.union([
    z.literal('none').transform((): OpenPath[] => []),
    choices(openPaths.join(','), openPaths),
  ]),
  AUDIT_LOG_FILE: text(),
  AUDIT_REQUIRED: flag(),
  RATE_LIMIT_PER_MINUTE: integer(0, 0, 1_000_000_000),
  CORS_ALLOWED_ORIGINS: z.preprocess(
    emptyIsAbsent,
    z
      .string()
      .optional()
      .transform((value) => value?.split(',').map((origin) => origin.trim()))
      .refine(
        (origins) => origins?.every((origin) => ['*', 'none', 'loopback'].includes(origin) || isOrigin(origin)) ?? true,
        'must be a comma list of origins such as https://player.example, or *, or loopback, or none',
      ),
  ),
  ALLOWED_HOSTS: list('').transform((names) => names.map((name) => name.toLowerCase())),
  BODY_TIMEOUT_SECONDS: integer(60, 0, 3600),
  HEADERS_TIMEOUT_SECONDS: integer(30, 0, 3600),
  MAX_CONNECTIONS: integer(15_000, 0, 1_000_000),
  TLS_CERTIFICATE_FILE: text(),
  TLS_KEY_FILE: text(),
};

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}

type SecurityEnvironment = z.output<z.ZodObject<typeof securityEnvironment>> & {
  readonly TAMS_ENV: 'development' | 'production';
  readonly PUBLIC_BASE_URL?: string | undefined;
};

/** What no single variable can tell: which ones need one another. @returns variable and complaint */
export function securityMistakes(environment: SecurityEnvironment): (readonly [variable: string, message: string])[] {
  const modes = environment.AUTH_MODE;
  const mistakes: (readonly [string, string])[] = [];
  if (modes.includes('none') && environment.TAMS_ENV === 'production' && !environment.AUTH_ALLOW_NONE_IN_PRODUCTION)
    mistakes.push([
      'AUTH_MODE',
      'must not include none in production: anybody could read and delete media. Choose bearer, basic or url_token, or set AUTH_ALLOW_NONE_IN_PRODUCTION=true behind a proxy that authenticates',
    ]);
  if (environment.TAMS_ENV === 'production' && environment.PUBLIC_BASE_URL === undefined)
    mistakes.push([
      'PUBLIC_BASE_URL',
      'must say in production where clients reach this server: without it the URLs in answers are what a request calls the server',
    ]);
  if (modes.includes('bearer') && environment.AUTH_OIDC_ISSUERS.length === 0)
    mistakes.push(['AUTH_OIDC_ISSUERS', 'must name the issuers whose tokens are accepted when AUTH_MODE has bearer']);
  if (modes.includes('bearer') && environment.AUTH_OIDC_AUDIENCE.length === 0)
    mistakes.push([
      'AUTH_OIDC_AUDIENCE',
      'must name this server as its tokens do when AUTH_MODE has bearer; else tokens made for others would be accepted',
    ]);
  if (modes.includes('basic') && environment.AUTH_BASIC_USERS_FILE === undefined)
    mistakes.push(['AUTH_BASIC_USERS_FILE', 'must name the file of users when AUTH_MODE has basic']);
  if (modes.includes('url_token') && modes.length === 1)
    mistakes.push(['AUTH_MODE', 'must have another mode beside url_token: an administrator issues those tokens']);
  if (environment.AUDIT_REQUIRED && environment.AUDIT_LOG_FILE === undefined)
    mistakes.push(['AUDIT_REQUIRED', 'needs AUDIT_LOG_FILE: the file that must be writable before a change is made']);
  if (environment.AUTH_CLASSES && modes.includes('none'))
    mistakes.push([
      'AUTH_CLASSES',
      'must not be on while AUTH_MODE has none: who sends no credentials could do everything, and classes would only restrict those who do. Take none out of AUTH_MODE, or switch AUTH_CLASSES off',
    ]);
  if (!environment.AUTH_CLASSES && environment.AUTH_CLASSES_MAP.length > 0)
    mistakes.push(['AUTH_CLASSES_MAP', 'has no effect unless AUTH_CLASSES is on: switch it on, or leave the map out']);
  if ((environment.TLS_CERTIFICATE_FILE === undefined) !== (environment.TLS_KEY_FILE === undefined))
    mistakes.push(['TLS_CERTIFICATE_FILE', 'and TLS_KEY_FILE must be given together']);
  return mistakes;
}

/** Authorisation by the `auth_classes` tag. */
export interface ClassSettings {
  readonly enabled: boolean;
  /** Who may do what with which class; when there is none, the names of groups and classes alone decide. */
  readonly map: readonly ClassGrant[];
}

/** Who may call, and what surrounds the HTTP server. */
export interface SecurityConfiguration {
  readonly modes: readonly AuthenticationMode[];
  readonly oidc: {
    /** Exactly as in the `iss` of their tokens. */
    readonly issuers: readonly string[];
    readonly audience: readonly string[];
    /** Claim that says for whom a token was made; `client_id` for providers without `aud`. */
    readonly audienceClaim: string;
    readonly algorithms: readonly string[];
    readonly clockSkewSeconds: number;
    readonly jwksCooldownSeconds: number;
    /** Public client Swagger UI logs in as. */
    readonly clientId: string | undefined;
    /** The first of these claims a token has names the principal. */
    readonly nameClaims: readonly string[];
    readonly scopesClaims: readonly string[];
    readonly scopesMap: ReadonlyMap<string, readonly Right[]>;
    readonly groupsClaim: string;
  };
  readonly classes: ClassSettings;
  readonly basicUsersFile: string | undefined;
  /** Wrong passwords one address may try in a minute; 0 for any number. */
  readonly basicFailuresPerMinute: number;
  readonly openPaths: readonly OpenPath[];
  readonly auditLogFile: string | undefined;
  /** Whether a change is refused unless the audit log has it beforehand. */
  readonly auditRequired: boolean;
  /** Requests one principal (or address) may make in a minute; 0 for any number. */
  readonly rateLimitPerMinute: number;
  /** Origins whose pages may call the API; `*` for all, `loopback` for those of this machine. */
  readonly corsAllowedOrigins: readonly string[];
  /** Names under which a server that asks nobody who they are answers, beside its own; `*` for all. */
  readonly allowedHosts: readonly string[];
  /** Longest the arrival of a JSON body may take, in seconds; 0 for ever. */
  readonly bodyTimeoutSeconds: number;
  /** Longest the arrival of a request's first line and headers may take, in seconds; 0 for ever. */
  readonly headersTimeoutSeconds: number;
  /** Most connections at the same time; 0 for any number. */
  readonly maxConnections: number;
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | undefined;
}

/** Reads the security settings from checked variables. */
export function securityConfiguration(environment: SecurityEnvironment): SecurityConfiguration {
  const { TLS_CERTIFICATE_FILE: certificateFile, TLS_KEY_FILE: keyFile } = environment;
  return {
    modes: environment.AUTH_MODE,
    oidc: {
      issuers: environment.AUTH_OIDC_ISSUERS,
      audience: environment.AUTH_OIDC_AUDIENCE,
      audienceClaim: environment.AUTH_OIDC_AUDIENCE_CLAIM,
      algorithms: environment.AUTH_OIDC_ALGORITHMS,
      clockSkewSeconds: environment.AUTH_OIDC_CLOCK_SKEW_SECONDS,
      jwksCooldownSeconds: environment.AUTH_OIDC_JWKS_COOLDOWN_SECONDS,
      clientId: environment.AUTH_OIDC_CLIENT_ID,
      nameClaims: environment.AUTH_NAME_CLAIM,
      scopesClaims: environment.AUTH_SCOPES_CLAIM,
      scopesMap: environment.AUTH_SCOPES_MAP,
      groupsClaim: environment.AUTH_GROUPS_CLAIM,
    },
    classes: { enabled: environment.AUTH_CLASSES, map: environment.AUTH_CLASSES_MAP },
    basicUsersFile: environment.AUTH_BASIC_USERS_FILE,
    basicFailuresPerMinute: environment.AUTH_BASIC_FAILURES_PER_MINUTE,
    openPaths: environment.AUTH_OPEN_PATHS,
    auditLogFile: environment.AUDIT_LOG_FILE,
    auditRequired: environment.AUDIT_REQUIRED,
    rateLimitPerMinute: environment.RATE_LIMIT_PER_MINUTE,
    corsAllowedOrigins: (environment.CORS_ALLOWED_ORIGINS ?? usualOrigins(environment)).filter((o) => o !== 'none'),
    allowedHosts: environment.ALLOWED_HOSTS,
    bodyTimeoutSeconds: environment.BODY_TIMEOUT_SECONDS,
    headersTimeoutSeconds: environment.HEADERS_TIMEOUT_SECONDS,
    maxConnections: environment.MAX_CONNECTIONS,
    tls: certificateFile !== undefined && keyFile !== undefined ? { certificateFile, keyFile } : undefined,
  };
}

/** Pages that may call when nobody says which: where the server asks nobody who they are, those of its own machine only. */
function usualOrigins({ AUTH_MODE: modes, TAMS_ENV: environment }: SecurityEnvironment): string[] {
  if (modes.includes('none')) return ['loopback'];
  return environment === 'development' ? ['*'] : [];
}
