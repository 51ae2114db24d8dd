import { isSecretName, redactText } from '@tams/telemetry';
import { environmentSchema } from './configuration.schema';

/** A setting that is not at its default. */
export interface ChangedSetting {
  readonly name: string;
  /** As it may be shown: without secrets, and of bounded length. */
  readonly value: string;
}

/** What is shown of a value, in characters. */
const SHOWN_LENGTH = 200;
/** Settings whose value is a secret, or half of one. */
const secret = /SECRET|PASSWORD|ACCESS_KEY/;

/** Settings that differ from their defaults, by name; what may be a secret is only said to be set. */
export function changedSettings(environment: Readonly<Record<string, string | undefined>>): ChangedSetting[] {
  return Object.entries(environmentSchema.shape).flatMap(([name, schema]) => {
    const value = environment[name];
    if (value === undefined || value === '') return [];
    const fallback = schema.safeParse(undefined);
    const given = schema.safeParse(value);
    if (JSON.stringify(fallback.data) === JSON.stringify(given.data)) return [];
    return [{ name, value: shown(name, value) }];
  });
}

function shown(name: string, value: string): string {
  if (secret.test(name) || isSecretName(name)) return '(set)';
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) && URL.canParse(value) ? new URL(value) : undefined;
  if (url) return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`.slice(0, SHOWN_LENGTH);
  // A text with a password before an @ that no URL parser understands.
  if (value.includes(':') && value.includes('@')) return '(set)';
  return redactText(value).slice(0, SHOWN_LENGTH);
}
