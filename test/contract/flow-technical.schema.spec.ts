import { describeWithSpecification } from './specification-suite';
import { flowTechnical, profileTechnical } from '@tams/model';

type Json = Record<string, unknown>;

const video: Json = {
  format: 'urn:x-nmos:format:video',
  codec: 'video/h264',
  container: 'video/mp2t',
  essence_parameters: { frame_width: 1280, frame_height: 720, frame_rate: { numerator: 25 } },
};

const essence = (parameters: Json): Json => ({
  ...video,
  essence_parameters: { ...(video['essence_parameters'] as Json), ...parameters },
});

/** Complaints as `path: message`. */
function complaints(value: unknown): string[] {
  const result = flowTechnical.safeParse(value);
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

describe('technical metadata of Flows', () => {
  it('accepts a video Flow, and keeps what it does not know', () => {
    const withMore = { ...video, urn: 'kept' };
    expect(flowTechnical.parse(withMore)).toEqual(withMore);
  });

  it.each<[string, unknown, string[]]>([
    ['a missing codec', { ...video, codec: undefined }, ['codec: is required']],
    [
      'a codec that is no MIME type',
      { ...video, codec: 'h264' },
      ['codec: must be a MIME type, for example video/mp2t'],
    ],
    ['a width of zero', essence({ frame_width: 0 }), ['essence_parameters.frame_width: must be greater than 0']],
    ['half a pixel', essence({ frame_height: 1.5 }), ['essence_parameters.frame_height: must be a whole number']],
    [
      'a width no store keeps exactly',
      essence({ frame_width: 2 ** 60 }),
      ['essence_parameters.frame_width: must be at most 9007199254740991'],
    ],
    ['a misspelt property', essence({ framerate: 25 }), ['essence_parameters: must not have: framerate']],
    [
      'no frame rate',
      essence({ frame_rate: undefined }),
      ['essence_parameters.frame_rate: is required unless vfr is true'],
    ],
    [
      'a fixed and variable frame rate',
      essence({ vfr: true }),
      ['essence_parameters.frame_rate: must not be set when vfr is true'],
    ],
    [
      'an unknown colorspace',
      essence({ colorspace: 'sRGB' }),
      ['essence_parameters.colorspace: must be one of BT601, BT709, BT2020, BT2100'],
    ],
    [
      'an aspect ratio cut in half',
      essence({ aspect_ratio: { numerator: 16 } }),
      ['essence_parameters.aspect_ratio.denominator: is required'],
    ],
    ['no essence parameters', { ...video, essence_parameters: undefined }, ['essence_parameters: is required']],
    [
      'a broken container mapping',
      { ...video, container_mapping: { audio_track: { channel_range: '1-2' } } },
      ['container_mapping.audio_track.channel_range: must be a range of channel numbers, for example 0_5'],
    ],
    ['something else than an object', 'video', [': must be an object']],
  ])('names the field of %s', (_, value, expected) => {
    expect(complaints(value)).toEqual(expected);
  });

  it('tells the formats there are when it is given none of them', () => {
    expect(complaints({ ...video, format: 'urn:x-nmos:format:smell' })).toEqual([
      'format: must be one of urn:x-nmos:format:video, urn:x-nmos:format:audio, urn:x-tam:format:image, urn:x-nmos:format:data, urn:x-nmos:format:multi',
    ]);
  });

  it('knows a multi-essence Flow, which a profile cannot be', () => {
    const multi = { format: 'urn:x-nmos:format:multi', container: 'video/mp2t' };
    expect(flowTechnical.safeParse(multi).success).toBe(true);
    expect(profileTechnical.safeParse(multi).success).toBe(false);
  });
});

const files: Readonly<Record<string, string>> = {
  'urn:x-nmos:format:video': 'flow-video.json',
  'urn:x-nmos:format:audio': 'flow-audio.json',
  'urn:x-tam:format:image': 'flow-image.json',
  'urn:x-nmos:format:data': 'flow-data.json',
  'urn:x-nmos:format:multi': 'flow-multi.json',
};

/** Everything the schemas know, so that every property is mutated. */
const complete: readonly Json[] = [
  {
    ...essence({
      bit_depth: 10,
      interlace_mode: 'interlaced_tff',
      colorspace: 'BT2020',
      transfer_characteristic: 'HLG',
      aspect_ratio: { numerator: 16, denominator: 9 },
      pixel_aspect_ratio: { numerator: 1, denominator: 1 },
      component_type: 'YCbCr',
      horiz_chroma_subs: 2,
      vert_chroma_subs: 1,
      unc_parameters: { unc_type: 'v210' },
      avc_parameters: { profile: 100, level: 31, flags: 0 },
      frame_rate: { numerator: 30000, denominator: 1001 },
      vfr: false,
      init_segments: true,
    }),
    avg_bit_rate: 5000,
    segment_duration: { numerator: 6, denominator: 1 },
    container_mapping: {
      track_index: 1,
      format_track_index: 0,
      audio_track: { channel_numbers: [0, 1], channel_range: '0_1' },
      mp2ts_container: { pid: 256 },
      mxf_container: { package_uid: 'urn:uuid:329b98d6-adeb-418c-8eaf-eca14edc1706', track_id: 2 },
      isobmff_container: { track_id: 3 },
    },
  },
  {
    format: 'urn:x-nmos:format:audio',
    codec: 'audio/x-raw-int',
    essence_parameters: {
      sample_rate: 48000,
      channels: 2,
      bit_depth: 24,
      codec_parameters: { coded_frame_size: 1024, mp4_oti: 2 },
      unc_parameters: { unc_type: 'planar' },
      init_segments: false,
    },
  },
  {
    format: 'urn:x-tam:format:image',
    codec: 'image/jpeg',
    essence_parameters: { frame_width: 640, frame_height: 360, aspect_ratio: { numerator: 16, denominator: 9 } },
  },
  {
    format: 'urn:x-nmos:format:data',
    codec: 'application/ttml+xml',
    essence_parameters: { data_type: 'urn:x-tams:data:subtitle', init_segments: false },
  },
  {
    format: 'urn:x-nmos:format:multi',
    codec: 'video/mp2t',
    container: 'video/mp2t',
    essence_parameters: { init_segments: true },
  },
];

const absent = Symbol('absent');
const replacements: readonly unknown[] = [
  absent,
  null,
  '',
  'text',
  'a/b',
  'a b/c',
  '0_',
  -1,
  0,
  1,
  1.5,
  true,
  [],
  [0],
  [-1],
  {},
  { numerator: 1 },
];

/** Every document that differs from `value` in one place: a value replaced or taken away, or a property too many. */
function* mutations(value: unknown): Generator {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return;
  yield { ...value, surplus: 1 };
  for (const [name, member] of Object.entries(value as Json)) {
    const others = Object.fromEntries(Object.entries(value as Json).filter(([other]) => other !== name));
    for (const replacement of replacements) yield replacement === absent ? others : { ...others, [name]: replacement };
    for (const mutation of mutations(member)) yield { ...others, [name]: mutation };
  }
}

/** Whether a document is refused by nothing but rules that stand in the descriptions of the schemas alone. */
function isRefusedByDescriptions(document: Json): boolean {
  const broken = complaints(document);
  const ofDescriptions = /: (?:is required for (?:codec|unc_type) |must be 32 or 64 for codec )/;
  return broken.length > 0 && broken.every((complaint) => ofDescriptions.test(complaint));
}

describeWithSpecification('technical metadata against the specification', (specification) => {
  const agrees = (document: Json, accepts: boolean): boolean => {
    const file = files[document['format'] as string];
    return accepts === (file !== undefined && specification.schemas.explainFile(file, document).length === 0);
  };

  it.each(complete.map((document) => [document['format'] as string, document] as const))(
    'accepts and refuses exactly what the schema of %s does',
    (_, document) => {
      expect(complaints(document)).toEqual([]);
      const documents = [...mutations(document)] as Json[];
      const differences = documents.filter(
        (mutation) => !agrees(mutation, flowTechnical.safeParse(mutation).success || isRefusedByDescriptions(mutation)),
      );
      expect(documents.length).toBeGreaterThan(50);
      expect(differences).toEqual([]);
    },
  );

  it('accepts every example with technical metadata', () => {
    const documents = specification
      .exampleFiles()
      .filter((name) => /^(flow-get|flow-put|flows-get|profile)/.test(name))
      .flatMap((name): Json[] => [specification.readJson(`examples/${name}`) as Json | Json[]].flat())
      .map((document) => (document['flow_metadata'] ?? document) as Json)
      .filter((document) => document['format'] !== undefined);
    expect(documents.length).toBeGreaterThan(20);
    expect(documents.flatMap(complaints)).toEqual([]);
  });
});
