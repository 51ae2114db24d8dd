import {
  BadRequestException,
  Body,
  type CanActivate,
  Controller,
  Get,
  Injectable,
  // eslint-disable-next-line no-restricted-imports -- that lines of Nest's own logger arrive is what is tested
  Logger,
  Module,
  Param,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import { APP_FILTER, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { uuid } from '@tams/model';
import {
  AllowedMethods,
  Configuration,
  createHttpAdapter,
  ProblemFilter,
  UnavailableError,
  ValidationPipe,
} from '@tams/platform';
import {
  currentCorrelationId,
  type LoggingOptions,
  TelemetryModule,
  TraceOperation,
  useTelemetryLogger,
} from '@tams/telemetry';
import { z } from 'zod';

@Injectable()
class NobodyGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

/** Requests that are held until a test lets them go. */
export const held: { arrived: (() => void) | undefined; release: (() => void) | undefined } = {
  arrived: undefined,
  release: undefined,
};

@Injectable()
class Things {
  private readonly logger = new Logger('Things');

  @TraceOperation('flow.create', { format: () => 'urn:x-nmos:format:video' })
  async create(name: string): Promise<{ name: string; correlation: string }> {
    await Promise.resolve();
    this.logger.log({ note: 'made' }, 'a thing was made');
    return { name, correlation: currentCorrelationId() };
  }
}

@Controller('things')
class ThingsController {
  constructor(private readonly things: Things) {}

  @Get(':id')
  get(
    @Param('id', { schema: uuid }) id: string,
    @Query('limit', { schema: z.coerce.number().optional() }) limit?: number,
  ) {
    return { id, limit };
  }

  @Post()
  create(@Body({ schema: z.looseObject({ name: z.string() }) }) body: { name: string }) {
    return this.things.create(body.name);
  }

  @Get(':id/forbidden')
  @UseGuards(NobodyGuard)
  forbidden() {
    return {};
  }

  @Get(':id/fails')
  fails() {
    throw new Error('password=hunter2-planted is in this message');
  }

  @Get(':id/unavailable')
  unavailable() {
    throw new UnavailableError('store-away', 'The store is away.');
  }

  @Get(':id/never-called')
  neverCalled() {
    return {};
  }

  @Get(':id/odd')
  odd() {
    throw new BadRequestException('odd');
  }

  @Get(':id/held')
  async held() {
    await new Promise<void>((resolve) => {
      held.release = resolve;
      held.arrived?.();
    });
    return {};
  }
}

/** A small server with one route for each way a request can end, on the real adapter with the real telemetry. */
export async function startErrorApp(logging: LoggingOptions): Promise<{ app: NestFastifyApplication; url: string }> {
  const configuration = new Configuration({ PORT: '0', MAX_BODY_BYTES: '2048' });
  @Module({
    imports: [TelemetryModule.forRoot(logging)],
    controllers: [ThingsController],
    providers: [
      Things,
      { provide: APP_PIPE, useClass: ValidationPipe },
      { provide: APP_FILTER, useClass: ProblemFilter },
    ],
  })
  class ErrorModule {}
  const adapter = createHttpAdapter(configuration);
  const methods = new AllowedMethods(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(ErrorModule, adapter, {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  useTelemetryLogger(app);
  await app.init();
  methods.refuseOtherMethods();
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}
