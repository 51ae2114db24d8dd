import { Body, Controller, Get, Module, Param, Put, Query } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { pagingQuery, queryBoolean, queryInteger } from '../paging/paging.schema';
import { NotFoundError } from '../errors/domain-error';
import { openApiDocument } from './openapi-document';
import { Operation } from './operation';

const uuid = z.uuid();
const part = z.object({ size: z.int().positive() }).meta({ id: 'Part' });
const thing = z.looseObject({ id: uuid, parts: z.array(part).optional() }).meta({ id: 'Thing' });
const thingQuery = z.looseObject({ ...pagingQuery, deep: queryBoolean.optional(), width: queryInteger.optional() });

@Controller('things')
class ThingController {
  @Get()
  @Operation({
    id: 'GET_things',
    access: ['read'],
    tag: 'Things',
    summary: 'List things',
    success: { schema: z.array(thing), paged: { reverseOrder: true }, example: [{ id: 'x' }] },
    errors: { 400: 'The query is wrong.' },
    queryParameters: [
      { name: 'tag.{name}', required: false, schema: { type: 'string' } },
      { name: 'tag_exists.{name}', required: false, schema: { type: 'boolean' } },
    ],
  })
  list(@Query({ schema: thingQuery }) query: z.output<typeof thingQuery>): unknown {
    return query;
  }

  @Put(':thingId')
  @Operation({
    id: 'PUT_things-thingId',
    access: ['write'],
    tag: 'Things',
    summary: 'Put a thing',
    success: [
      { status: 201, description: 'It was created.', schema: thing },
      { status: 202, location: 'Where to follow the work.' },
    ],
    errors: { 404: 'There is no such thing.' },
    body: { examples: { small: { summary: 'Small', value: { id: 'y' } } } },
  })
  put(@Param('thingId', { schema: uuid }) id: string, @Body({ schema: thing }) body: z.output<typeof thing>): unknown {
    return { id, body };
  }
}

const vocabulary = {
  thingId: {
    description: 'Identifier of the thing.',
    example: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34',
    notFound: (id: string) => new NotFoundError('thing-not-found', `There is no thing ${id}.`),
  },
};

async function documentOf(...controllers: (new () => unknown)[]): Promise<OpenAPIObject> {
  @Module({ controllers })
  class TestModule {}
  const module = await Test.createTestingModule({ imports: [TestModule] }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  return openApiDocument(app, new DocumentBuilder().setTitle('Test').setOpenAPIVersion('3.1.0').build(), vocabulary);
}

describe('openApiDocument', () => {
  let document: OpenAPIObject;
  beforeAll(async () => {
    document = await documentOf(ThingController);
  });

  it('lists every query parameter, tag filters among them, with its type on the wire', () => {
    const parameters = document.paths['/things']?.get?.parameters as {
      name: string;
      in: string;
      required: boolean;
      schema: { type: string };
    }[];
    expect(
      parameters.map(({ name, in: place, required, schema }) => [name, place, required, schema.type]).sort(),
    ).toEqual([
      ['deep', 'query', false, 'boolean'],
      ['limit', 'query', false, 'integer'],
      ['page', 'query', false, 'string'],
      ['tag.{name}', 'query', false, 'string'],
      ['tag_exists.{name}', 'query', false, 'boolean'],
      ['width', 'query', false, 'integer'],
    ]);
    expect(JSON.stringify(parameters)).not.toMatch(/pattern|enum/);
  });

  it('describes the answer: schema by reference, example, paging headers, problem details', () => {
    const responses = document.paths['/things']?.get?.responses as Record<
      string,
      { headers?: object; content?: object; description: string }
    >;
    expect(responses['200']?.content).toEqual({
      'application/json': {
        schema: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
        example: [{ id: 'x' }],
      },
    });
    expect(Object.keys(responses['200']?.headers ?? {}).sort()).toEqual([
      'Link',
      'X-Paging-Count',
      'X-Paging-Limit',
      'X-Paging-NextKey',
      'X-Paging-Reverse-Order',
    ]);
    expect(responses['400']).toEqual({
      description: 'The query is wrong.',
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          example: {
            type: 'urn:x-tams:problem:validation-failed',
            title: 'Bad request',
            status: 400,
            detail: 'query.limit: must be a whole number',
            instance: '/things',
            correlation_id: expect.any(String) as string,
            errors: [{ path: 'query.limit', message: 'must be a whole number' }],
            message: 'query.limit: must be a whole number',
          },
        },
      },
    });
    expect(Object.keys(responses)).toEqual(['200', '400', 'default']);
  });

  it('names schemas once, whatever refers to them', () => {
    expect(Object.keys(document.components?.schemas ?? {})).toEqual(['Part', 'Problem', 'Thing']);
    expect(document.components?.schemas?.['Thing']).toMatchObject({
      type: 'object',
      required: ['id'],
      properties: { parts: { type: 'array', items: { $ref: '#/components/schemas/Part' } } },
    });
  });

  it('describes a body with its examples, path parameters, and several ways to succeed', () => {
    const put = document.paths['/things/{thingId}']?.put;
    expect(put?.requestBody).toEqual({
      required: true,
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/Thing' },
          examples: { small: { summary: 'Small', value: { id: 'y' } } },
        },
      },
    });
    expect(put?.parameters).toMatchObject([
      { name: 'thingId', in: 'path', required: true, description: 'Identifier of the thing.' },
    ]);
    expect(Object.keys(put?.responses ?? {})).toEqual(['201', '202', '404', 'default']);
    expect(put?.responses['404']).toHaveProperty(
      'content.application/problem+json.example.type',
      'urn:x-tams:problem:thing-not-found',
    );
    expect(put?.responses['202']).toHaveProperty('headers.Location');
  });

  it('lists HEAD beside each GET, without bodies', () => {
    const head = document.paths['/things']?.head;
    expect(head?.operationId).toBe('HEAD_things');
    expect(head?.parameters).toEqual(document.paths['/things']?.get?.parameters);
    expect(head?.responses['200']).toHaveProperty('headers.Link');
    expect(JSON.stringify(head)).not.toContain('"content"');
    expect(document.paths['/things/{thingId}']?.head).toBeUndefined();
  });

  it('refuses two schemas of one name', async () => {
    @Controller('others')
    class OtherController {
      @Get()
      @Operation({
        id: 'GET_others',
        access: ['read'],
        tag: 'Things',
        summary: 'Others',
        success: { schema: z.object({ other: z.string() }).meta({ id: 'Thing' }) },
      })
      get(): unknown {
        return {};
      }
    }
    await expect(documentOf(ThingController, OtherController)).rejects.toThrow(
      'Two different schemas are called "Thing"',
    );
  });
});
