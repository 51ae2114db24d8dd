import { Injectable } from '@nestjs/common';
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
  /**
   * Resolves when the request is permitted.
   * @throws an error of kind `unauthenticated` or `forbidden` otherwise
   */
  readonly admit: (request: FastifyRequest, media: PlainMediaRequest) => Promise<void> = () => Promise.resolve();
}
