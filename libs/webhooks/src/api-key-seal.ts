import { Injectable } from '@nestjs/common';

/**
 * How keys of webhooks lie in the database. The server must be able to send them, so they are not hashed; this is the one
 * place to encrypt them at rest, for example with a key of a key service. At present they lie as they are, as safe as the
 * database is.
 */
@Injectable()
export class ApiKeySeal {
  /** What is stored of a key. */
  seal(key: string): string {
    return key;
  }

  /** The key that was stored. */
  open(sealed: string): string {
    return sealed;
  }
}
