import type { ApiQueryOptions } from '@nestjs/swagger';

const filtered = { tag: 'items', flow_tag: 'referencing Flows', storage_backend_tag: 'URLs on Storage Backends' };

/** The two parameters of a tag filter for the API document: `tag` gives `tag.{name}` and `tag_exists.{name}`. */
export function tagParameters(prefix: keyof typeof filtered): ApiQueryOptions[] {
  return [
    {
      name: `${prefix}.{name}`,
      required: false,
      description: `Only ${filtered[prefix]} that have a tag called {name} with one of these values, separated by commas. The tag's own name stands in place of {name}: \`${prefix}.genre=news,sport\`. A comma within a value is written \`%252C\`, a per cent sign \`%2525\`.`,
      schema: { type: 'string' },
    },
    {
      name: `${prefix}_exists.{name}`,
      required: false,
      description: `Only ${filtered[prefix]} that have (true) or lack (false) a tag called {name}, whatever its value.`,
      schema: { type: 'boolean' },
    },
  ];
}
