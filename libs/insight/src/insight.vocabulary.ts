import { JobNotFoundError, type ParameterVocabulary } from '@tams/platform';
import { SessionGoneError } from './insight.errors';

/** What the parameters of insight mean. */
export const insightVocabulary: ParameterVocabulary = {
  correlationId: {
    description: 'The `correlation_id` of a problem document, or the header `X-Correlation-ID` of an answer.',
    example: '7d0b1f0e-1f52-4b0e-8f55-3f1f3f0d2a11',
  },
  jobId: {
    description: 'Identifier of a job, as `GET /insight/now` lists it.',
    example: '0b6e0b51-6a5f-4a38-9a4e-0d5f3c1e7c11',
    notFound: (id) => new JobNotFoundError(id),
  },
  pid: {
    description: 'Process id of a session of the metadata store, as PostgreSQL counts.',
    example: '4702',
    notFound: (id) => new SessionGoneError(Number(id)),
  },
};
