/** Types that mean the same bytes under several names, as programs in the field write them. */
const synonyms: readonly (readonly string[])[] = [
  ['video/mp4', 'audio/mp4', 'application/mp4'],
  ['video/iso.segment', 'audio/iso.segment'],
  ['video/mp2t', 'audio/mp2t', 'video/vnd.dlna.mpeg-tts'],
  ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
  ['video/matroska', 'video/x-matroska', 'audio/matroska', 'audio/x-matroska'],
  ['video/webm', 'audio/webm'],
  ['audio/aac', 'audio/x-aac', 'audio/aacp'],
  ['audio/mpeg', 'audio/mp3'],
  ['image/jpeg', 'image/jpg'],
  ['application/mxf', 'video/mxf'],
];

/** One spelling for each group of synonyms; parameters (`; codecs=…`) and case tell nothing of the container. */
const canonicalNames = new Map(synonyms.flatMap((names) => names.map((name) => [name, names[0] ?? name])));

function canonical(type: string): string {
  const bare = (type.split(';', 1)[0] ?? '').trim().toLowerCase();
  return canonicalNames.get(bare) ?? bare;
}

/** Whether two MIME types name the same container: parameters and case are ignored, and documented synonyms are one. */
export function isSameContainer(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}
