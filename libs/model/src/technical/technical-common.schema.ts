import { containerMapping } from './container-mapping.schema';
import { naturalNumber } from '@tams/platform';
import { codingMimeType, rate } from './media-rules';

/** Technical metadata of every format (schemas/flow-technical.json); spread into the schema of each. */
export const technicalCommon = {
  container: codingMimeType.optional().meta({
    description: "MIME type of the Flow's segments, for example `video/mp2t`. Needed before storage can be asked for.",
  }),
  avg_bit_rate: naturalNumber
    .optional()
    .meta({ description: 'Average bit rate of the segments, in 1000 bits per second.' }),
  segment_duration: rate.optional().meta({ description: 'Duration the segments aim for, in seconds.' }),
  container_mapping: containerMapping.optional(),
};

/** Coding of a single-essence Flow, required there. */
export const codec = codingMimeType.meta({ description: 'MIME type of the coding, for example `video/h264`.' });
