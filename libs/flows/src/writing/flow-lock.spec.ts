import { ClassAccess } from '@tams/auth';
import type { Connection } from '@tams/platform';
import type { FlowRepository, LockedFlow } from '../flow.repository';
import { FlowLock } from './flow-lock';

const connection = {} as Connection;

function lockOf(flow: Partial<LockedFlow> | undefined): FlowLock {
  const usual = { id: 'a-flow', document: {}, container: null, read_only: false, deletion_request: null };
  const flows = { lock: () => Promise.resolve(flow && { ...usual, ...flow }) } as unknown as FlowRepository;
  return new FlowLock(flows, new ClassAccess({ enabled: false, map: [] }));
}

describe('a Flow that is about to change', () => {
  it('must be there', async () => {
    await expect(lockOf(undefined).writable(connection, 'a-flow')).rejects.toMatchObject({ code: 'flow-not-found' });
    await expect(lockOf(undefined).find(connection, 'a-flow', 'write')).resolves.toBeUndefined();
  });

  it('must not be read-only, unless that is what changes', async () => {
    const lock = lockOf({ read_only: true });
    await expect(lock.writable(connection, 'a-flow')).rejects.toMatchObject({ code: 'flow-read-only' });
    await expect(lock.writable(connection, 'a-flow', { evenIfReadOnly: true })).resolves.toMatchObject({
      id: 'a-flow',
    });
  });

  it('must not be on its way out, whatever else it is', async () => {
    const lock = lockOf({ deletion_request: 'a-request', read_only: true });
    await expect(lock.writable(connection, 'a-flow', { evenIfReadOnly: true })).rejects.toMatchObject({
      code: 'flow-being-deleted',
    });
  });

  it('must have a container to get media', async () => {
    await expect(lockOf({}).writableMedia(connection, 'a-flow')).rejects.toMatchObject({
      code: 'flow-without-container',
    });
    await expect(lockOf({ container: 'video/mp2t' }).writableMedia(connection, 'a-flow')).resolves.toMatchObject({
      container: 'video/mp2t',
    });
  });
});
