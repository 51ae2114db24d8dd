import { randomBytes, randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Database } from '@tams/platform';
import { z } from 'zod';
import { backendType, commonSettings, detailsFrom } from '../backends/backend-type';
import { sharedKey } from '../backends/shared-keys';
import { DiskSpace } from './disk-space';
import { FilesystemBackend } from './filesystem-backend';
import { MediaUrls } from './media-urls';
import { ObjectFiles } from './object-files';

const settings = z.strictObject({
  ...commonSettings,
  /** Where the files lie; `objects` in the data directory unless given. */
  directory: z.string('must be a path').min(1, 'must not be empty').optional(),
});

/** The identity of a store, kept in the database with the first start that knows it: what its directory says, or a new one. */
async function identityOf(
  database: Database,
  storageId: string,
  found: string | undefined,
): Promise<{ identity: string; isNew: boolean }> {
  const proposal = found ?? randomUUID();
  const identity = await sharedKey(database, `filesystem-store-identity:${storageId}`, proposal);
  return { identity, isNew: identity === proposal };
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
      await ObjectFiles.open(path, (found) => identityOf(database, id, found)),
      configuration.readUrlTimeoutSeconds,
      new DiskSpace(
        path,
        { bytes: configuration.objectDisk.minFreeBytes, percent: configuration.objectDisk.minFreePercent },
        configuration.objectDisk.maxObjectBytes,
      ),
    );
  },
);
