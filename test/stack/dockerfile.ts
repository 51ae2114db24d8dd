import { shipped } from './shipped-files';

/** What the Dockerfile says, as far as it can be done without an engine. */
export interface Dockerfile {
  /** Paths of the repository that the build stage copies. */
  readonly buildContext: readonly string[];
  /** The command that installs what the image has of node_modules. */
  readonly installDependencies: readonly string[];
  /** The command that compiles. */
  readonly build: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly healthcheck: readonly string[];
  readonly command: readonly string[];
}

function found(text: string, pattern: RegExp): string {
  const match = pattern.exec(text);
  if (match?.[1] === undefined) throw new Error(`The Dockerfile has no ${pattern.source}`);
  return match[1];
}

/** Reads the Dockerfile of this repository; its form is as simple as this function. */
export function readDockerfile(): Dockerfile {
  const [, build = '', dependencies = '', image = ''] = shipped('Dockerfile')
    .replaceAll(/\\\n\s*/g, '')
    .split(/^FROM .*$/m);
  const copied = [...build.matchAll(/^COPY (.+) \S+$/gm)].flatMap((match) => (match[1] ?? '').split(' '));
  const pairs = found(image, /^ENV (.+)$/m).split(' ');
  const [uid, gid] = found(image, /^USER (\d+:\d+)$/m)
    .split(':')
    .map(Number);
  return {
    buildContext: copied,
    // Without what follows: the npm cache of this machine stays.
    installDependencies: found(dependencies, /^RUN (npm ci[^&\n]*)/m)
      .trim()
      .split(' '),
    build: found(build, /^RUN (npm run .+)$/m).split(' '),
    environment: Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string])),
    user: { uid: uid ?? 0, gid: gid ?? 0 },
    healthcheck: JSON.parse(found(image, /^HEALTHCHECK .*CMD (\[.+\])$/m)) as string[],
    command: JSON.parse(found(image, /^CMD (\[.+\])$/m)) as string[],
  };
}
