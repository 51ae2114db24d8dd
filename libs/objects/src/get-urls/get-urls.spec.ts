import { ClassAccess } from '@tams/auth';
import type { Tags } from '@tams/model';
import {
  type BackendUrl,
  type GetUrlOptions,
  type StorageBackend,
  type StorageBackendDetails,
  StorageBackends,
} from '@tams/storage';
import { z } from 'zod';
import { acceptsNoGetUrl, type GetUrlFilter, getUrlFilterFrom, getUrlQueryParameters } from './get-url-filter';
import { type GetUrl, GetUrls, type ObjectInstance } from './get-urls';

const LOCAL = '11111111-1111-4111-8111-111111111111';
const CLOUD = '22222222-2222-4222-8222-222222222222';
const BARE = '33333333-3333-4333-8333-333333333333';
const GONE = '44444444-4444-4444-8444-444444444444';

/** A backend that makes recognisable URLs and counts what it signs. */
class LetterBackend implements Pick<StorageBackend, 'details' | 'getUrls'> {
  signed = 0;
  readonly details: StorageBackendDetails;

  constructor(details: { id: string; label?: string; tags?: Tags; region?: string; default_storage?: boolean }) {
    this.details = { store_type: 'http_object_store', provider: 'tams', store_product: 'letters', ...details };
  }

  getUrls({ objectId, baseUrl, presigned }: GetUrlOptions): BackendUrl[] {
    const url = `${baseUrl}/${this.details.label ?? 'bare'}/${objectId}`;
    if (presigned !== false) this.signed += 1;
    return [
      { url: `${url}?signed`, presigned: true },
      { url, presigned: false },
    ];
  }
}

const local = new LetterBackend({ id: LOCAL, label: 'local', default_storage: true, tags: { tier: ['hot', 'disk'] } });
const cloud = new LetterBackend({ id: CLOUD, label: 'cloud', region: 'eu-west-1', tags: { tier: 'cold' } });
const bare = new LetterBackend({ id: BARE });
const getUrls = new GetUrls(
  new StorageBackends([bare, cloud, local] as unknown as StorageBackend[]),
  new ClassAccess({ enabled: false, map: [] }),
);

const instances: ObjectInstance[] = [
  { storage_id: null, label: 'mirror', url: 'https://mirror.example/o' },
  { storage_id: null, label: null, url: 'https://unlabelled.example/o' },
  { storage_id: GONE, label: null, url: null },
  { storage_id: BARE, label: null, url: null },
  { storage_id: CLOUD, label: null, url: null },
  { storage_id: LOCAL, label: null, url: null },
];

const querySchema = z.looseObject(getUrlQueryParameters).transform(getUrlFilterFrom);

function filterOf(query: Record<string, string>): GetUrlFilter {
  return querySchema.parse(query);
}

function urlsFor(query: Record<string, string>): string[] {
  return getUrls.of('o', instances, filterOf(query), 'http://tams').map(({ url }) => url.replace(/^https?:\/\//, ''));
}

const signedUrls = ['tams/local/o?signed', 'tams/cloud/o?signed', 'tams/bare/o?signed'];
const plainUrls = ['tams/local/o', 'tams/cloud/o', 'tams/bare/o'];
const uncontrolledUrls = ['mirror.example/o', 'unlabelled.example/o'];

it('lists controlled before uncontrolled and presigned before plain, the default backend first, and no forgotten backend', () => {
  expect(urlsFor({})).toEqual([...signedUrls, ...plainUrls, ...uncontrolledUrls]);
});

it.each<[Record<string, string>, string[]]>([
  [{ accept_get_urls: '' }, []],
  [{ accept_get_urls: 'cloud' }, ['tams/cloud/o?signed', 'tams/cloud/o']],
  [{ accept_get_urls: 'mirror,cloud' }, ['tams/cloud/o?signed', 'tams/cloud/o', 'mirror.example/o']],
  [{ accept_get_urls: 'unknown' }, []],
  [{ accept_storage_ids: '' }, [...signedUrls, ...plainUrls, ...uncontrolledUrls]],
  [{ accept_storage_ids: `${BARE},${GONE}` }, ['tams/bare/o?signed', 'tams/bare/o']],
  [{ presigned: 'true' }, signedUrls],
  [{ presigned: 'false' }, [...plainUrls, ...uncontrolledUrls]],
  [{ 'storage_backend_tag.tier': 'disk,tape', presigned: 'true' }, ['tams/local/o?signed']],
  [{ 'storage_backend_tag_exists.tier': 'true', presigned: 'false' }, ['tams/local/o', 'tams/cloud/o']],
  [{ 'storage_backend_tag_exists.tier': 'false' }, ['tams/bare/o?signed', 'tams/bare/o']],
  [{ accept_get_urls: 'local,mirror', accept_storage_ids: CLOUD }, []],
  [
    { accept_get_urls: 'cloud', accept_storage_ids: CLOUD, presigned: 'true', 'storage_backend_tag.tier': 'cold' },
    ['tams/cloud/o?signed'],
  ],
])('selects by %j', (query, urls) => {
  expect(urlsFor(query)).toEqual(urls);
});

it('says only url, presigned and label unless asked for more', () => {
  expect(
    getUrls.of('o', instances, filterOf({ accept_get_urls: 'cloud,mirror', presigned: 'false' }), 'http://tams'),
  ).toEqual<GetUrl[]>([
    { label: 'cloud', url: 'http://tams/cloud/o', presigned: false },
    { label: 'mirror', url: 'https://mirror.example/o', presigned: false },
  ]);
});

it('describes the backend when asked to', () => {
  const filter = filterOf({ accept_get_urls: 'cloud,mirror', presigned: 'false', verbose_storage: 'true' });
  expect(getUrls.of('o', instances, filter, 'http://tams')).toEqual<GetUrl[]>([
    {
      storage_id: CLOUD,
      controlled: true,
      label: 'cloud',
      store_type: 'http_object_store',
      provider: 'tams',
      region: 'eu-west-1',
      store_product: 'letters',
      tags: { tier: 'cold' },
      url: 'http://tams/cloud/o',
      presigned: false,
    },
    { label: 'mirror', controlled: false, url: 'https://mirror.example/o', presigned: false },
  ]);
});

it('signs nothing that the filter rules out', () => {
  const before = [local.signed, cloud.signed, bare.signed];
  for (const query of [
    { accept_get_urls: '' },
    { accept_get_urls: 'mirror' },
    { presigned: 'false' },
    { accept_storage_ids: GONE },
  ])
    urlsFor(query);
  expect([local.signed, cloud.signed, bare.signed]).toEqual(before);
  expect(acceptsNoGetUrl(filterOf({ accept_get_urls: '' }))).toBe(true);
  expect(acceptsNoGetUrl(filterOf({}))).toBe(false);
});

it.each([
  [{ accept_storage_ids: 'not-a-uuid' }, 'accept_storage_ids'],
  [{ accept_storage_ids: `${LOCAL},` }, 'accept_storage_ids'],
  [{ accept_get_urls: ',' }, 'accept_get_urls'],
  [{ presigned: 'yes' }, 'presigned'],
  [{ verbose_storage: '1' }, 'verbose_storage'],
  [{ 'storage_backend_tag_exists.tier': 'perhaps' }, 'storage_backend_tag_exists.tier'],
])('refuses the query %j, naming the parameter', (query, parameter) => {
  expect(querySchema.safeParse(query).error?.issues[0]?.path[0]).toBe(parameter);
});
