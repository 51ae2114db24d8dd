import { statSync } from 'node:fs';
import type { Configuration } from '@tams/platform';

/** Permission of everybody to read a file. */
const READABLE_BY_ALL = 0o004;

/** What is allowed and should not be in production, in words for operators; nothing in development. */
export function securityWarnings({ environment, publicBaseUrl, security, trustProxy }: Configuration): string[] {
  if (environment !== 'production') return [];
  const warnings: string[] = [];
  const overTls = security.tls !== undefined || publicBaseUrl?.startsWith('https:') === true;
  if (security.modes.includes('basic') && !overTls)
    warnings.push(
      'AUTH_MODE has basic, and neither TLS_CERTIFICATE_FILE nor an https PUBLIC_BASE_URL is set: passwords travel in the clear.',
    );
  if (security.corsAllowedOrigins.includes('*'))
    warnings.push(
      'CORS_ALLOWED_ORIGINS is *: every web page may call this server. Name the origins of your own pages.',
    );
  if (trustProxy === true)
    warnings.push(
      'TRUST_PROXY is true: every client may claim any address. Say how many proxies there are (TRUST_PROXY=1), or their addresses.',
    );
  const { basicUsersFile } = security;
  if (basicUsersFile !== undefined && (statSync(basicUsersFile).mode & READABLE_BY_ALL) !== 0)
    warnings.push(`AUTH_BASIC_USERS_FILE ${basicUsersFile} can be read by everybody on this machine: chmod 640 it.`);
  return warnings;
}
