import { z } from 'zod';
import { closedObject, must, openObject, positiveInteger } from '@tams/platform';
import { ratio } from './media-rules';
import { codec, technicalCommon } from './technical-common.schema';

const essenceParameters = closedObject({
  frame_width: positiveInteger.meta({ description: 'Width of the picture in pixels.' }),
  frame_height: positiveInteger.meta({ description: 'Height of the picture in pixels.' }),
  aspect_ratio: ratio.optional().meta({ description: 'Display aspect ratio: width to height as shown.' }),
});

/** Technical metadata of a still image Flow (schemas/flow-image.json). */
export const flowImage = openObject({
  format: z.literal('urn:x-tam:format:image', must('be urn:x-tam:format:image')),
  codec,
  ...technicalCommon,
  essence_parameters: essenceParameters,
}).meta({ id: 'FlowImage', title: 'Image Flow', description: 'Technical metadata of a Flow of still images.' });
