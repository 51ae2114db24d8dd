import { z } from 'zod';
import { anyInteger, closedObject, must, oneOf, openObject, positiveInteger } from '@tams/platform';
import { initSegments } from './media-rules';
import { codec, technicalCommon } from './technical-common.schema';
import { rawAudioRule, requireLayout } from './uncompressed';

const essenceParameters = closedObject({
  sample_rate: positiveInteger.meta({ description: 'Samples per second.' }),
  channels: positiveInteger.meta({ description: 'Number of channels.' }),
  bit_depth: positiveInteger.optional().meta({ description: 'Significant bits of a sample.' }),
  codec_parameters: openObject({
    coded_frame_size: anyInteger.optional().meta({ description: 'Samples in one coded frame.' }),
    mp4_oti: anyInteger.optional().meta({ description: 'MPEG-4 object type indication.' }),
  }).optional(),
  unc_parameters: openObject({ unc_type: oneOf('interleaved', 'planar', 'pairs') })
    .optional()
    .meta({ description: 'How uncompressed channels are laid out.' }),
  init_segments: initSegments.optional(),
});

/** Technical metadata of an audio Flow (schemas/flow-audio.json). */
export const flowAudio = openObject({
  format: z.literal('urn:x-nmos:format:audio', must('be urn:x-nmos:format:audio')),
  codec,
  ...technicalCommon,
  essence_parameters: essenceParameters,
})
  .superRefine(requireLayout)
  .meta({ ...rawAudioRule, id: 'FlowAudio', title: 'Audio Flow', description: 'Technical metadata of an audio Flow.' });
