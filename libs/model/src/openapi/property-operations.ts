import { z } from 'zod';
import { tags, tagValue } from '../common.schema';
import { Operation } from '@tams/platform';

/** A resource whose properties have addresses of their own. */
export interface PropertyOwner {
  /** As people call it, for example `Flow`. */
  readonly name: string;
  /** Tag of the document. */
  readonly tag: string;
  /** Middle of the specification's operationIds, for example `flows-flowId`. */
  readonly idPrefix: string;
  /** Why a change may be refused (403), if it may. */
  readonly forbidden?: string;
}

export interface PropertyDescription {
  /** End of the operationIds, for example `max-bit-rate`. */
  readonly id: string;
  /** As people call it, for example `maximum bit rate`. */
  readonly name: string;
  readonly description: string;
  readonly schema: z.ZodType;
  readonly example: unknown;
}

/** The decorators of GET, PUT and DELETE on one property. */
export interface PropertyOperations {
  readonly get: MethodDecorator;
  readonly put: MethodDecorator;
  readonly remove: MethodDecorator;
}

/** Documents the three operations on `/…/{id}/{property}`. */
export function propertyOperations(owner: PropertyOwner, property: PropertyDescription): PropertyOperations {
  const id = `${owner.idPrefix}-${property.id}`;
  const notFound = { 404: `There is no such ${owner.name}.` };
  const forbidden = owner.forbidden === undefined ? {} : { 403: owner.forbidden };
  const common = { tag: owner.tag, description: property.description };
  return {
    get: Operation({
      ...common,
      id: `GET_${id}`,
      access: ['read'],
      summary: `Read the ${property.name} of a ${owner.name}`,
      success: { schema: property.schema, example: property.example },
      errors: { 404: `There is no such ${owner.name}, or its ${property.name} is not set.` },
    }),
    put: Operation({
      ...common,
      id: `PUT_${id}`,
      access: ['write'],
      summary: `Set the ${property.name} of a ${owner.name}`,
      success: { status: 204, description: 'Set.' },
      body: { examples: { example: { summary: `A ${property.name}`, value: property.example } } },
      errors: { 400: `Not a valid ${property.name}.`, ...forbidden, ...notFound },
    }),
    remove: Operation({
      ...common,
      id: `DELETE_${id}`,
      access: ['write'],
      summary: `Unset the ${property.name} of a ${owner.name}`,
      success: { status: 204, description: 'Unset.' },
      errors: { ...forbidden, ...notFound },
    }),
  };
}

/** Documents `/…/{id}/tags`, and the operations on one tag. */
export function tagOperations(owner: PropertyOwner): PropertyOperations & { readonly list: MethodDecorator } {
  return {
    list: Operation({
      id: `GET_${owner.idPrefix}-tags`,
      access: ['read'],
      tag: owner.tag,
      summary: `Read all tags of a ${owner.name}`,
      description: 'An empty object when there are none.',
      success: { schema: tags, example: { genre: ['news', 'sport'], ingested_by: 'studio-3' } },
      errors: { 404: `There is no such ${owner.name}.` },
    }),
    ...propertyOperations(owner, {
      id: 'tags-name',
      name: 'tag',
      description: 'A tag is one text or a list of texts under a name; percent-encode special characters of the name.',
      schema: tagValue,
      example: 'studio-3',
    }),
  };
}
