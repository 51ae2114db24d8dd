import type { ParameterVocabulary } from '@tams/platform';
import { FlowNotFoundError, FlowReadOnlyError } from './flow.errors';

/** What the API document says of the identifier of a Flow. */
export const flowVocabulary: ParameterVocabulary = {
  flowId: {
    description: 'Identifier of the Flow.',
    example: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34',
    notFound: (id) => new FlowNotFoundError(id),
    forbidden: (id) => new FlowReadOnlyError(id),
  },
};
