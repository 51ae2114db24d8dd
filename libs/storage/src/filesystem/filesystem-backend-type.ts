import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigurationError, type Database } from '@tams/platform';
import { z } from 'zod';
import { backendType, commonSettings, detailsFrom } from '../backends/backend-type';
import { setSharedValue, sharedKey, sharedValues } from '../backends/shared-keys';
import { DiskSpace } from './disk-space';
import { FilesystemBackend } from './filesystem-backend';
import { MediaUrls } from './media-urls';
import { ObjectFiles } from './object-files';
import { IDENTITY_FILE } from './store-identity';

/** Most paths one message names. */
const MAXIMUM_NAMED = 5;
/** Most machines that are remembered for a path, the last first: containers have a new name with each start. */
const MAXIMUM_MACHINES = 16;

/** A directory that is not the one of a store. */
interface OtherDirectory {
  readonly path: string;
  readonly identity: string;
  readonly found: string | undefined;
  /** Where the store was found before. */
  readonly known: readonly string[];
}

const settings = z.strictObject({
  ...commonSettings,
  /** Where the files lie; `objects` in the data directory unless given. */
  directory: z.string('must be a path').min(1, 'must not be empty').optional(),
});

/**
 * The identity of a store, kept in the database with the first start that knows it (what its directory says, or a new one),
 * and beside it the paths it was found at.
 * @param path of the directory
 * @param found the identity that the directory says, if any
 * @throws {ConfigurationError} when the directory is another store's, or one where this store never was: this process and
 *   another would keep media apart. Where this machine had the store at this path, and it has no identity now, its volume
 *   is not mounted, and may be later.
 */
async function identityOf(
  database: Database,
  storageId: string,
  path: string,
  found: string | undefined,
): Promise<{ identity: string; isNew: boolean }> {
  const proposal = found ?? randomUUID();
  const identity = await sharedKey(database, `filesystem-store-identity:${storageId}`, proposal);
  const prefix = `filesystem-store-place:${storageId}:`;
  const places = await sharedValues(database, prefix);
  const machines = places.find(({ name }) => name === prefix + path)?.value.split(',') ?? [];
  if (identity === proposal) {
    const value = [hostname(), ...machines.filter((machine) => machine !== hostname())]
      .slice(0, MAXIMUM_MACHINES)
      .join();
    await setSharedValue(database, { name: prefix + path, value });
    return { identity, isNew: true };
  }
  if (found !== undefined || (places.length > 0 && !machines.includes(hostname()))) {
    const known = places.map(({ name }) => name.slice(prefix.length));
    throw new ConfigurationError([otherDirectory({ path, identity, found, known })]);
  }
  return { identity, isNew: false };
}

function otherDirectory({ path, identity, found, known }: OtherDirectory): string {
  const at = known.length > 0 ? ` (it was at ${known.slice(0, MAXIMUM_NAMED).join(', ')})` : '';
  return (
    `${path} is not the directory of the object store that the database knows${at}: its file ${IDENTITY_FILE} ` +
    `${found === undefined ? 'is missing' : `says ${found}`}, and ${identity} is expected. Processes on one database share one ` +
    `directory: set DATA_DIR (or directory in STORAGE_BACKENDS_FILE) to it, or DATABASE_URL to a database of its own. ` +
    `If its volume is not mounted, mount it. If this directory is meant to take its place, write ${identity} into ${join(path, IDENTITY_FILE)}.`
  );
}

/** `type: filesystem`: the embedded object store. Replicas need a directory they share. */
export const filesystemBackendType = backendType(
  'filesystem',
  settings,
  async ({ directory, ...common }, { configuration, database }) => {
    const secret = await sharedKey(database, 'media-url-secret', randomBytes(32).toString('base64'));
    const id = common.id ?? (await sharedKey(database, 'embedded-storage-backend-id', randomUUID()));
    const path = directory === undefined ? join(configuration.dataDirectory, 'objects') : resolve(directory);
    return new FilesystemBackend(
      detailsFrom(common, { id, provider: 'tams', store_product: 'filesystem' }),
      new MediaUrls(Buffer.from(secret, 'base64')),
      await ObjectFiles.open(path, (found) => identityOf(database, id, path, found)),
      configuration.readUrlTimeoutSeconds,
      new DiskSpace(
        path,
        { bytes: configuration.objectDisk.minFreeBytes, percent: configuration.objectDisk.minFreePercent },
        configuration.objectDisk.maxObjectBytes,
      ),
    );
  },
);
