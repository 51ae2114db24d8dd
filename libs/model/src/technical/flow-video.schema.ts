import { z } from 'zod';
import { anyInteger, closedObject, must, oneOf, openObject, positiveInteger, truth } from '@tams/platform';
import { initSegments, rate, ratio } from './media-rules';
import { codec, technicalCommon } from './technical-common.schema';
import { chromaRule, rawVideoRule, requireChroma, requireLayout } from './uncompressed';

// prettier-ignore
const uncompressedTypes = [
  'planar', 'YUYV', 'UYVY', 'AYUV', 'v210', 'v216', 'RGB', 'RGBx', 'xRGB', 'BGRx', 'xBGR', 'RGBA', 'ARGB', 'BGRA', 'ABGR', 'alpha',
] as const;

const essenceParameters = closedObject({
  frame_width: positiveInteger.meta({ description: 'Width of the picture in pixels.' }),
  frame_height: positiveInteger.meta({ description: 'Height of the picture in pixels.' }),
  bit_depth: positiveInteger.optional().meta({ description: 'Significant bits of a component sample.' }),
  interlace_mode: oneOf('progressive', 'interlaced_tff', 'interlaced_bff', 'interlaced_psf').optional(),
  colorspace: oneOf('BT601', 'BT709', 'BT2020', 'BT2100').optional(),
  transfer_characteristic: oneOf('SDR', 'HLG', 'PQ').optional(),
  aspect_ratio: ratio.optional().meta({ description: 'Display aspect ratio: width to height as shown.' }),
  pixel_aspect_ratio: ratio.optional().meta({ description: 'Aspect ratio of one pixel; usually 1:1.' }),
  component_type: oneOf('YCbCr', 'RGB').optional(),
  horiz_chroma_subs: positiveInteger.optional().meta({ description: 'Horizontal subsampling of chroma.' }),
  vert_chroma_subs: positiveInteger.optional().meta({ description: 'Vertical subsampling of chroma.' }),
  unc_parameters: openObject({ unc_type: oneOf(...uncompressedTypes) })
    .optional()
    .meta({ description: 'How uncompressed pictures are packed.' }),
  avc_parameters: openObject({ profile: anyInteger, level: anyInteger, flags: anyInteger })
    .optional()
    .meta({ description: 'Profile, level and flags bytes of H.264.' }),
  frame_rate: rate
    .optional()
    .meta({ description: 'Frames per second. Required unless `vfr` is true, refused if it is.' }),
  vfr: truth.optional().meta({ default: false, description: 'Whether the frame rate varies.' }),
  init_segments: initSegments.optional(),
})
  .superRefine(requireChroma)
  .superRefine((parameters, context) => {
    const complain = (message: string): void => {
      context.addIssue({ code: 'custom', path: ['frame_rate'], message });
    };
    if (parameters.vfr === true && parameters.frame_rate !== undefined) complain('must not be set when vfr is true');
    if (parameters.vfr !== true && parameters.frame_rate === undefined) complain('is required unless vfr is true');
  })
  .meta({
    ...chromaRule,
    if: { required: ['vfr'], properties: { vfr: { const: true } } },
    then: { not: { required: ['frame_rate'] } },
    else: { required: ['frame_rate'] },
  });

/** Technical metadata of a video Flow (schemas/flow-video.json). */
export const flowVideo = openObject({
  format: z.literal('urn:x-nmos:format:video', must('be urn:x-nmos:format:video')),
  codec,
  ...technicalCommon,
  essence_parameters: essenceParameters,
})
  .superRefine(requireLayout)
  .meta({ ...rawVideoRule, id: 'FlowVideo', title: 'Video Flow', description: 'Technical metadata of a video Flow.' });
