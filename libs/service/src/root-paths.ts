import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** Top-level resources of the specification that can be listed; `objects` can not. */
const topLevelResources = ['service', 'flows', 'sources', 'flow-delete-requests'] as const;

/** What GET / lists: the top-level resources this server really answers. */
@Injectable()
export class RootPaths {
  constructor(private readonly host: HttpAdapterHost) {}

  list(): string[] {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    return topLevelResources.filter((name) => fastify.hasRoute({ method: 'GET', url: `/${name}` }));
  }
}
