import { z } from 'zod';
import { anyInteger, must, naturalNumber, openObject } from '@tams/platform';

const PACKAGE_UID =
  /^urn:smpte:umid:[0-9a-fA-F]{8}(.[0-9a-fA-F]{8}){7}$|^urn:uuid:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

const audioTrack = openObject({
  channel_numbers: z
    .array(naturalNumber, must('be an array of channel numbers'))
    .min(1, 'must list at least one channel')
    .optional()
    .meta({ description: "The container's channels, from 0, in the order of the Flow's." }),
  channel_range: z
    .string(must('be a string'))
    .regex(/^[0-9]+_[0-9]+$/, 'must be a range of channel numbers, for example 0_5')
    .optional()
    .meta({ description: "First and last of the container's channels, both included, from 0." }),
});

/** Where a Flow's essence lies in its container (schemas/container-mapping.json). */
export const containerMapping = openObject({
  track_index: naturalNumber.optional().meta({ description: 'Which track of the container, from 0.' }),
  format_track_index: naturalNumber
    .optional()
    .meta({ description: "Which of the container's tracks of this Flow's format, from 0." }),
  audio_track: audioTrack.optional(),
  mp2ts_container: openObject({
    pid: anyInteger.optional().meta({ description: 'Packet identifier of the elementary stream.' }),
  })
    .optional()
    .meta({ description: 'In an MPEG-2 transport stream.' }),
  mxf_container: openObject({
    package_uid: z
      .string(must('be a string'))
      .regex(PACKAGE_UID, 'must be a SMPTE UMID URN or a UUID URN')
      .optional()
      .meta({ description: 'The package, as SMPTE UMID URN or UUID URN.' }),
    track_id: anyInteger.optional().meta({ description: 'Track within the package.' }),
  })
    .optional()
    .meta({ description: 'In an MXF file.' }),
  isobmff_container: openObject({ track_id: anyInteger.optional().meta({ description: 'The track.' }) })
    .optional()
    .meta({ description: 'In an ISO base media file, such as MP4 or MOV.' }),
}).meta({ id: 'ContainerMapping', description: "Where a Flow's essence lies in its container." });
