import { PassThrough, Readable } from 'node:stream';
import { type MediaServer, startMediaServer } from './media-server';
import { FilesystemBackend, unobserved } from '@tams/storage';
import { MediaUploads } from '../../libs/objects/src/media/media-upload';

let server: MediaServer;
let backend: FilesystemBackend;

beforeAll(async () => {
  server = await startMediaServer();
  backend = unobserved(server.backends.default!) as FilesystemBackend;
});

afterAll(async () => {
  await server.stop();
});

function uploadOf(objectId: string, body: Readable): Parameters<MediaUploads['receive']>[0] {
  return {
    backend,
    objectId,
    headers: { 'content-type': 'video/mp2t' },
    signed: undefined,
    body,
    onAccepted: () => undefined,
  };
}

it('ends an upload whose client sends nothing any more, and keeps nothing', async () => {
  const { object_id } = await server.allocateOne();
  const body = new PassThrough();
  body.write('half');
  const uploads = new MediaUploads(server.database, 0.05);
  await expect(uploads.receive(uploadOf(object_id, body))).rejects.toMatchObject({ code: 'upload-incomplete' });
  expect(body.destroyed).toBe(true);
  expect(await server.unfinishedUploads()).toEqual([]);
  expect(await backend.stat(object_id)).toBeUndefined();
});

it('keeps nothing of an upload whose object was deleted meanwhile', async () => {
  const { object_id } = await server.allocateOne();
  const body = new PassThrough();
  const uploads = new MediaUploads(server.database, 60);
  const accepted = Promise.withResolvers<undefined>();
  const upload = uploads.receive({
    ...uploadOf(object_id, body),
    onAccepted: () => {
      accepted.resolve(undefined);
    },
  });
  await accepted.promise;
  await server.database.query('DELETE FROM objects WHERE id = $1', [object_id]);
  body.end('whole');
  await expect(upload).rejects.toMatchObject({ code: 'object-not-allocated' });
  expect(await backend.stat(object_id)).toBeUndefined();
});

it('answers that it is unavailable when the disk fails, and leaves the connection open', async () => {
  const { object_id } = await server.allocateOne();
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  const broken = new FilesystemBackend(
    backend.details,
    backend.urls,
    { create: () => Promise.reject(full), has: () => Promise.resolve(false) } as never,
    60,
    { admit: () => Promise.resolve(() => Promise.resolve()) } as never,
  );
  const body = Readable.from([Buffer.from('x')]);
  const uploads = new MediaUploads(server.database, 60);
  await expect(uploads.receive({ ...uploadOf(object_id, body), backend: broken })).rejects.toMatchObject({
    code: 'storage-unavailable',
    kind: 'unavailable',
  });
  expect(body.destroyed).toBe(false);
});
