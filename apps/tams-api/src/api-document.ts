import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** Serves the OpenAPI document at `/openapi.json` and Swagger UI at `/docs`. */
export function serveApiDocument(app: NestFastifyApplication): Promise<void> {
  const description = new DocumentBuilder().setTitle('Time-addressable Media Store').setVersion('8.2').build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, description), {
    jsonDocumentUrl: 'openapi.json',
  });
  return Promise.resolve();
}
