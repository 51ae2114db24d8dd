import type { Database, JobQueue } from '@tams/platform';
import type { ListedPage, StorageBackends } from '@tams/storage';
import { PinoLogger } from 'nestjs-pino';
import type { ObjectInstanceRepository, UnmeasuredInstance } from './instance.repository';
import { SizeSurvey } from './size-survey';

const STORAGE = 'a1f26436-81d3-4daa-99df-161af3eb8b3e';
const BYTES = 7;

const instances: UnmeasuredInstance[] = Array.from({ length: 100 }, (_, index) => ({
  id: String(index),
  object_id: `object-${String(index).padStart(3, '0')}`,
  storage_id: STORAGE,
}));

/** A survey of one store. @param listAfter its listing; without one of an object it says that the bytes are not there */
function surveyOf(listAfter: (text: string) => ListedPage) {
  const recorded: string[] = [];
  const postponed: string[] = [];
  let asked = 0;
  const repository = {
    unmeasured: () => Promise.resolve(asked++ === 0 ? [...instances] : []),
    recordSizes: (_: Database, sizes: readonly { objectId: string }[]) => {
      recorded.push(...sizes.map(({ objectId }) => objectId));
      return Promise.resolve(0);
    },
    postponeMeasuring: (_: Database, absent: readonly UnmeasuredInstance[]) => {
      postponed.push(...absent.map((instance) => instance.object_id));
      return Promise.resolve();
    },
  };
  const backend = {
    details: { id: STORAGE },
    listAfter: (text: string) => Promise.resolve(listAfter(text)),
    stat: () => Promise.resolve(undefined),
  };
  const survey = new SizeSurvey(
    {} as Database,
    repository as unknown as ObjectInstanceRepository,
    { all: [backend], get: () => backend } as unknown as StorageBackends,
    {} as JobQueue,
    {} as never,
    new PinoLogger({ pinoHttp: { level: 'silent' } }),
  );
  return { recorded, postponed, measure: () => survey.measure(new AbortController().signal) };
}

/** A page of a bucket that holds some of the objects. */
function page(held: readonly UnmeasuredInstance[], text: string, length: number): ListedPage {
  const rest = held.filter((instance) => instance.object_id > text);
  const objects = rest
    .slice(0, length)
    .map((instance) => ({ objectId: instance.object_id, sizeBytes: BYTES, modified: new Date(0) }));
  return { objects, isTruncated: rest.length > length };
}

const ids = instances.map((instance) => instance.object_id);

it('goes on behind a page that a store ends before it is full', async () => {
  const survey = surveyOf((text) => page(instances, text, 30));
  await survey.measure();
  expect(survey.recorded.toSorted()).toEqual(ids);
  expect(survey.postponed).toEqual([]);
});

it('takes what a listing passes over for absent, and what comes after its end', async () => {
  const held = instances.slice(0, 90).filter((_, index) => index !== 40);
  const survey = surveyOf((text) => page(held, text, 30));
  await survey.measure();
  expect(survey.recorded.toSorted()).toEqual(held.map((instance) => instance.object_id));
  expect(survey.postponed.toSorted()).toEqual([ids[40], ...ids.slice(90)]);
});

it('asks one by one where a page tells nothing and says that more may come', async () => {
  const survey = surveyOf(() => ({ objects: [], isTruncated: true }));
  await survey.measure();
  expect(survey.recorded).toEqual([]);
  expect(survey.postponed.toSorted()).toEqual(ids);
});
