import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { NotFoundError } from '@tams/platform';

/** Names runbooks have: nothing that could lead elsewhere. */
const RUNBOOK = /^[a-z][a-z-]{0,62}\.md$/;

/** There is no such runbook (404). */
export class RunbookNotFoundError extends NotFoundError {
  constructor() {
    super('runbook-not-found', 'There is no runbook of this name; docs/runbooks of the sources has all of them.');
  }
}

/** `/docs/runbooks/{name}`: what to do when an alert fires. The links in alerts lead here, to the version that runs. */
@ApiExcludeController()
@Controller('docs/runbooks')
export class RunbooksController {
  private readonly directory = runbooksAbove(__dirname);

  /** A runbook as it is written: Markdown, which every browser shows as text. */
  @Get(':name')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  read(@Param('name') name: string): Promise<Buffer> {
    return this.textOf(name);
  }

  private async textOf(name: string): Promise<Buffer> {
    if (this.directory === undefined || !RUNBOOK.test(name)) throw new RunbookNotFoundError();
    const path = join(this.directory, name);
    if (!existsSync(path)) throw new RunbookNotFoundError();
    return readFile(path);
  }
}

/** The directory of the runbooks: beside the sources, the build, or in the image. */
function runbooksAbove(directory: string): string | undefined {
  const candidate = join(directory, 'docs', 'runbooks');
  if (existsSync(candidate)) return candidate;
  const parent = dirname(directory);
  return parent === directory ? undefined : runbooksAbove(parent);
}
