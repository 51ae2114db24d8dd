import { z } from 'zod';
import { flowAudio } from './flow-audio.schema';
import { flowData } from './flow-data.schema';
import { isFlowOwned } from './flow-fields';
import { flowImage } from './flow-image.schema';
import { flowMulti } from './flow-multi.schema';
import { flowVideo } from './flow-video.schema';

export { containerMapping } from './container-mapping.schema';
export { flowAudio, flowData, flowImage, flowMulti, flowVideo };

const singleEssence = [flowVideo, flowAudio, flowImage, flowData] as const;
const everyFormat = [...singleEssence, flowMulti] as const;

/** Message of a union that `format` decides: names the formats there are. */
const decidedBy =
  (schemas: readonly { shape: { format: z.ZodLiteral } }[]) =>
  (issue: { code?: string }): string =>
    issue.code === 'invalid_union'
      ? `must be one of ${schemas.map((schema) => [...schema.shape.format.values].join()).join(', ')}`
      : 'must be an object';

/**
 * Technical metadata of a Flow of any format. `format` decides which rules apply, so that a broken video Flow is told about
 * its own fields only. Unknown properties are kept, except within `essence_parameters`, where the specification has none.
 */
export const flowTechnical = z.discriminatedUnion('format', everyFormat, { error: decidedBy(everyFormat) });
export type FlowTechnical = z.output<typeof flowTechnical>;

/**
 * Technical metadata a profile may hold: that of a Flow with one essence (schemas/profile.json, `flow_metadata`). What a Flow
 * says of itself is refused: the profile is written into every Flow made from it, whose own rules it would slip past.
 */
export const profileTechnical = z
  .discriminatedUnion('format', singleEssence, { error: decidedBy(singleEssence) })
  .superRefine((metadata, context) => {
    for (const field of Object.keys(metadata).filter(isFlowOwned)) {
      context.addIssue({
        code: 'custom',
        path: [field],
        message: 'is for each Flow to say and cannot come from a Profile',
      });
    }
  });
export type ProfileTechnical = z.output<typeof profileTechnical>;
