import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** Top-level resources of the specification that can be listed; `objects` can not. */
const topLevelResources = ['service', 'flows', 'sources', 'flow-delete-requests'] as const;

/** What GET / lists: the top-level resources this server really answers. */
@Injectable()
export class RootPaths {
  /** No route is added once the first request comes, and looking for them cost 7 % of what `GET /` takes. */
  private known: readonly string[] | undefined;

  constructor(private readonly host: HttpAdapterHost) {}

  list(): readonly string[] {
    this.known ??= topLevelResources.filter((name) => this.isAnswered(name));
    return this.known;
  }

  private isAnswered(name: string): boolean {
    return this.host.httpAdapter.getInstance<FastifyInstance>().hasRoute({ method: 'GET', url: `/${name}` });
  }
}
