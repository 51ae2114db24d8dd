import type { z } from 'zod';

/** Packings of uncompressed pictures whose components are luma and chroma; `planar` may hold either kind. */
export const chromaPackings = ['YUYV', 'UYVY', 'AYUV', 'v210', 'v216'] as const;

const isCodec = (codec: string): object => ({ required: ['codec'], properties: { codec: { const: codec } } });
const needs = (...names: readonly string[]): object => ({
  properties: { essence_parameters: { required: names } },
});

/** What the descriptions of schemas/flow-video.json ask for, in JSON Schema. */
export const rawVideoRule = { if: isCodec('video/raw'), then: needs('bit_depth', 'unc_parameters') };

/** What the descriptions of schemas/flow-audio.json ask for, in JSON Schema. */
export const rawAudioRule = {
  if: isCodec('audio/x-raw-int'),
  then: needs('bit_depth', 'unc_parameters'),
  else: {
    if: isCodec('audio/x-raw-float'),
    then: {
      properties: {
        essence_parameters: {
          required: ['bit_depth', 'unc_parameters'],
          properties: { bit_depth: { enum: [32, 64] } },
        },
      },
    },
  },
};

/** Chroma subsampling is part of what a packing of luma and chroma is. */
export const chromaRule = {
  dependentSchemas: {
    unc_parameters: {
      if: {
        anyOf: [
          { properties: { unc_parameters: { properties: { unc_type: { enum: [...chromaPackings] } } } } },
          {
            required: ['component_type'],
            properties: {
              component_type: { const: 'YCbCr' },
              unc_parameters: { properties: { unc_type: { const: 'planar' } } },
            },
          },
        ],
      },
      then: { required: ['horiz_chroma_subs', 'vert_chroma_subs'] },
    },
  },
};

interface Uncompressed {
  readonly codec: string;
  readonly essence_parameters: {
    readonly bit_depth?: number | undefined;
    readonly unc_parameters?: object | undefined;
  };
}

/** `video/raw` and `audio/x-raw-*` tell nothing of the samples' layout: the metadata must (descriptions of flow-video, flow-audio). */
export function requireLayout({ codec, essence_parameters: parameters }: Uncompressed, context: z.RefinementCtx): void {
  const complain = (field: string, message: string): void => {
    context.addIssue({ code: 'custom', path: ['essence_parameters', field], message });
  };
  if (!['video/raw', 'audio/x-raw-int', 'audio/x-raw-float'].includes(codec)) return;
  if (parameters.bit_depth === undefined) complain('bit_depth', `is required for codec ${codec}`);
  else if (codec === 'audio/x-raw-float' && ![32, 64].includes(parameters.bit_depth))
    complain('bit_depth', `must be 32 or 64 for codec ${codec}`);
  if (parameters.unc_parameters === undefined) complain('unc_parameters', `is required for codec ${codec}`);
}

interface Chroma {
  readonly component_type?: string | undefined;
  readonly horiz_chroma_subs?: number | undefined;
  readonly vert_chroma_subs?: number | undefined;
  readonly unc_parameters?: { readonly unc_type: string } | undefined;
}

/** Packings of luma and chroma need both subsampling factors (descriptions of flow-video). */
export function requireChroma(parameters: Chroma, context: z.RefinementCtx): void {
  const packing = parameters.unc_parameters?.unc_type;
  const isChroma =
    (chromaPackings as readonly unknown[]).includes(packing) ||
    (packing === 'planar' && parameters.component_type === 'YCbCr');
  if (!isChroma) return;
  for (const field of ['horiz_chroma_subs', 'vert_chroma_subs'] as const) {
    if (parameters[field] !== undefined) continue;
    context.addIssue({
      code: 'custom',
      path: [field],
      message: `is required for unc_type ${packing ?? ''} of luma and chroma`,
    });
  }
}
