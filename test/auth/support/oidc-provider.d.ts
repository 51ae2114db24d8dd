/** What the tests use of `oidc-provider`, which comes without types. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  export interface Configuration {
    readonly clients: readonly Readonly<Record<string, unknown>>[];
    readonly scopes: readonly string[];
    readonly clientBasedCORS: (context: unknown, origin: string, client: unknown) => boolean;
    readonly features: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly pkce: { readonly required: () => boolean };
    readonly findAccount: (context: unknown, id: string) => { accountId: string; claims: () => { sub: string } };
  }

  export default class Provider {
    constructor(issuer: string, configuration: Configuration);
    callback(): RequestListener;
  }
}
