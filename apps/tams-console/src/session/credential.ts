import { useSyncExternalStore } from 'react';

/** How this tab says who is using it. */
export interface Credential {
  readonly kind: 'basic' | 'bearer';
  /** Value of the `Authorization` header. */
  readonly authorization: string;
  /** Milliseconds since the epoch; absent for never. */
  readonly expires?: number;
  /** Renews it without the person (OpenID Connect). */
  readonly refreshToken?: string;
}

/** Where a tab keeps it over a reload: gone with the tab, and never shared with others. */
const KEY = 'tams-credential';

type Listener = () => void;

const listeners = new Set<Listener>();
let current = read();

function read(): Credential | undefined {
  const text = sessionStorage.getItem(KEY);
  return text === null ? undefined : (JSON.parse(text) as Credential);
}

/** The credential of this tab; `undefined` for none. */
export function credential(): Credential | undefined {
  return current;
}

/** Takes a new credential, or forgets the one there is. */
export function setCredential(next: Credential | undefined): void {
  current = next;
  if (next) sessionStorage.setItem(KEY, JSON.stringify(next));
  else sessionStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}

function subscribe(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Follows the credential. */
export function useCredential(): Credential | undefined {
  return useSyncExternalStore(subscribe, credential);
}

/** A credential from a name and a password (RFC 7617, UTF-8). */
export function basicCredential(name: string, password: string): Credential {
  const bytes = new TextEncoder().encode(`${name}:${password}`);
  return { kind: 'basic', authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}

/** A credential from a token somebody was given. */
export function bearerCredential(token: string): Credential {
  return { kind: 'bearer', authorization: `Bearer ${token}` };
}
