import { InstanceCopies } from './instance-copies';
import type { StoredInstance } from './instance.repository';

const instance = (storage_id: string, changes: Partial<StoredInstance>): StoredInstance => ({
  id: storage_id,
  storage_id,
  label: null,
  url: null,
  state: 'ready',
  state_since: new Date().toISOString(),
  size_bytes: '5',
  sha256: null,
  copy_classes: null,
  ...changes,
});

const opened: string[] = [];
const backend = (id: string, tags?: Record<string, string[]>) => ({
  details: { id, tags },
  canCopyFrom: () => false,
  stat: () => {
    opened.push(id);
    return Promise.reject(new Error('away'));
  },
});
const backends = new Map([
  ['target', backend('target')],
  ['open', backend('open')],
  ['sport', backend('sport', { auth_classes: ['sport'] })],
]);

it.each([
  [['news'], ['open']],
  [['sport'], ['open', 'sport']],
  [null, ['open', 'sport']],
])('makes a copy for whoever may read %j from %j', async (copy_classes, sources) => {
  opened.length = 0;
  const copies = new InstanceCopies({} as never, {} as never, backends as never, {} as never, {} as never);
  const wanted = instance('target', { state: 'copying', copy_classes });
  const instances = [instance('open', {}), instance('sport', {}), wanted];
  const object = { id: 'o', content_type: null, in_use: true, instances };
  const context = { signal: new AbortController().signal, show: () => undefined };
  await expect(copies.copy(object, wanted, context)).rejects.toThrow('cannot be copied');
  expect(opened).toEqual(sources);
});
