import { Injectable, Optional } from '@nestjs/common';
import { AccessControl } from '@tams/auth';
import type { FastifyRequest } from 'fastify';

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
  /** @param control absent only where the object store is used without a server around it (tests) */
  constructor(@Optional() private readonly control?: AccessControl) {}

  /**
   * Resolves when the request is permitted: reading needs the right to read, uploading the right to write.
   * @throws an error of kind `unauthenticated` or `forbidden` otherwise
   */
  async admit(request: FastifyRequest, media: PlainMediaRequest): Promise<void> {
    await this.control?.admit(request, [media.operation]);
  }
}
