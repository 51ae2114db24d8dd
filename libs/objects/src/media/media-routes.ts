import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Database } from '@tams/platform';
import type { FastifyInstance } from 'fastify';
import { StorageBackends } from '@tams/storage';
import { MediaNames } from './media-names';
import { mediaPlugin } from './media-plugin';
import { MediaUploads } from './media-upload';
import { PlainMediaAccess } from './plain-media-access';

/** How long a client may send nothing of its upload, in seconds. */
const UPLOAD_IDLE_SECONDS = 60;

/** Puts the media routes on the server below Nest, whose own routes parse bodies as JSON. */
@Injectable()
export class MediaRoutes implements OnApplicationBootstrap {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly backends: StorageBackends,
    private readonly database: Database,
    private readonly access: PlainMediaAccess,
    private readonly names: MediaNames,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const uploads = new MediaUploads(this.database, UPLOAD_IDLE_SECONDS);
    // Not earlier: loading a plugin closes the book on the error handler, which Nest sets just before this hook.
    // Awaited, so that the routes exist before the server lists them and refuses every other method.
    const { backends, access, names } = this;
    await fastify.register(mediaPlugin, { backends, uploads, access, names });
  }
}
