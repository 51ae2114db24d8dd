import { z } from 'zod';
import { closedObject, must, openObject } from '@tams/platform';
import { initSegments } from './media-rules';
import { codec, technicalCommon } from './technical-common.schema';

/** Technical metadata of a Flow that collects Flows of several formats (schemas/flow-multi.json); the only one without a codec of its own. */
export const flowMulti = openObject({
  format: z.literal('urn:x-nmos:format:multi', must('be urn:x-nmos:format:multi')),
  codec: codec.optional(),
  ...technicalCommon,
  essence_parameters: closedObject({ init_segments: initSegments.optional() }).optional(),
}).meta({
  id: 'FlowMulti',
  title: 'Multi-essence Flow',
  description: 'Technical metadata of a Flow whose segments hold several Flows.',
});
