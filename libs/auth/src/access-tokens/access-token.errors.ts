import { NotFoundError } from '@tams/platform';

export class AccessTokenNotFoundError extends NotFoundError {
  constructor(id: string) {
    super('access-token-not-found', `There is no access token ${id}.`);
  }
}
