import type { DomainError } from '../errors/domain-error';

/** What the API document says of a parameter wherever its name stands, told by the library that owns the name. */
export interface ParameterDescription {
  /** What it means, where the schema of a handler does not say. */
  readonly description?: string;
  /** The identifier that examples show. */
  readonly example?: string;
  /** What is answered when nothing has this identifier (404), for the example of that answer. */
  readonly notFound?: (id: string) => DomainError;
  /** What is answered when the resource may not be changed (403), for the example of that answer. */
  readonly forbidden?: (id: string) => DomainError;
}

/** Parameters by name: one name means one thing throughout the API. */
export type ParameterVocabulary = Readonly<Record<string, ParameterDescription>>;
