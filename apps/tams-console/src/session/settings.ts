/** What the server wrote into the page: how people may sign in, and where. */
export interface PageSettings {
  readonly version: string;
  readonly modes: readonly ('none' | 'basic' | 'bearer' | 'url_token')[];
  /** OpenID Connect log-in; absent where the server has no client for it. */
  readonly oidc?: { readonly issuer: string; readonly client_id: string; readonly scope: string };
}

/** The settings of this page; read once. */
export const settings: PageSettings = JSON.parse(
  document.getElementById('settings')?.textContent ?? '{"version":"","modes":["none"]}',
) as PageSettings;

/** Path of the console without a trailing slash, for example `/console`. */
export const consolePath = new URL(document.baseURI).pathname.replace(/\/$/, '');

/** Address of the API, without a trailing slash. */
export const apiAddress = new URL('..', document.baseURI).href.replace(/\/$/, '');
