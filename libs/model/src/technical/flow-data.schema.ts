import { z } from 'zod';
import { closedObject, must, openObject } from '@tams/platform';
import { initSegments } from './media-rules';
import { codec, technicalCommon } from './technical-common.schema';

const essenceParameters = closedObject({
  data_type: z
    .string(must('be a string'))
    .optional()
    .meta({ description: 'URN of the kind of data, for example `urn:x-tams:data:subtitle`.' }),
  init_segments: initSegments.optional(),
});

/** Technical metadata of a data Flow (schemas/flow-data.json). */
export const flowData = openObject({
  format: z.literal('urn:x-nmos:format:data', must('be urn:x-nmos:format:data')),
  codec,
  ...technicalCommon,
  essence_parameters: essenceParameters,
}).meta({ id: 'FlowData', title: 'Data Flow', description: 'Technical metadata of a data Flow.' });
