import { IconBraces, IconMovie, IconPhoto, IconStack2, IconWaveSine } from '@tabler/icons-react';
import type { ComponentType, ReactElement } from 'react';

const names: Readonly<Record<string, string>> = {
  video: 'Video',
  audio: 'Audio',
  image: 'Image',
  data: 'Data',
  multi: 'Multi',
};

const icons: Readonly<Record<string, ComponentType<{ size?: number; 'aria-hidden'?: boolean }>>> = {
  video: IconMovie,
  audio: IconWaveSine,
  image: IconPhoto,
  data: IconBraces,
  multi: IconStack2,
};

/** The formats of the specification, as URN and name. */
export const formats = Object.entries(names).map(([key, label]) => ({ value: `urn:x-nmos:format:${key}`, label }));

function keyOf(format: string): string {
  return format.slice(format.lastIndexOf(':') + 1);
}

/** `urn:x-nmos:format:video` is Video. */
export function formatName(format: string): string {
  return names[keyOf(format)] ?? format;
}

/** The symbol of a format. */
export function FormatIcon({ format, size = 18 }: { readonly format: string; readonly size?: number }): ReactElement {
  const Icon = icons[keyOf(format)] ?? IconBraces;
  return <Icon size={size} aria-hidden />;
}
