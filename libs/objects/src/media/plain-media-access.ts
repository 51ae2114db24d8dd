import { Injectable, Optional } from '@nestjs/common';
import { AccessControl, withPrincipal } from '@tams/auth';
import { Database, type NotFoundError } from '@tams/platform';
import { BackendAccess, ObjectNotStoredError } from '@tams/storage';
import type { FastifyRequest } from 'fastify';
import { ObjectAccess } from '../object-access';
import { ObjectNotAllocatedError } from './media-upload';

/** What a plain request wants to do. */
export interface PlainMediaRequest {
  readonly operation: 'read' | 'write';
  readonly storageId: string;
  readonly objectId: string;
}

/**
 * Decides about media requests without a signature. They are ordinary API requests, made with the client's own
 * credentials; this is the one place where authentication has to look at them (signed URLs need none).
 */
@Injectable()
export class PlainMediaAccess {
  /** Without parameters only where the object store is used without a server around it (tests). */
  constructor(
    @Optional() private readonly control?: AccessControl,
    @Optional() private readonly objects?: ObjectAccess,
    @Optional() private readonly backends?: BackendAccess,
    @Optional() private readonly database?: Database,
  ) {}

  /**
   * Resolves when the request is permitted: reading needs the right to read, uploading the right to write, by the scopes of
   * the credentials and by the classes of the Flows that use the object.
   * @throws an error of kind `unauthenticated`, `forbidden` or `not-found` otherwise
   */
  async admit(request: FastifyRequest, media: PlainMediaRequest): Promise<void> {
    const principal = await this.control?.admit(request, [media.operation]);
    if (principal) await withPrincipal(principal, () => this.admitByClasses(media));
  }

  private async admitByClasses({ operation, storageId, objectId }: PlainMediaRequest): Promise<void> {
    const absent = (): NotFoundError =>
      operation === 'read' ? new ObjectNotStoredError() : new ObjectNotAllocatedError();
    if (this.database) await this.objects?.require(this.database, operation, objectId, absent);
    if (this.backends && !this.backends.isUsable(storageId, operation)) throw absent();
  }
}
