import fc from 'fast-check';
import { collection, description, flowBody, flowId, label, maybe, sourceId, tagName, tagValue } from './arbitraries';
import { type Step, write } from './step';

const tagPath = (resource: string, id: string, name: string): string =>
  `/${resource}/${id}/tags/${encodeURIComponent(name)}`;

const putFlow = flowBody.map((body) =>
  write(
    `PUT flow ${JSON.stringify(body)}`,
    (model) => model.putFlow(body),
    (client) => client.put(`/flows/${body.id}`, body),
  ),
);

const deleteFlow = flowId.map((id) =>
  write(
    `DELETE flow ${id}`,
    (model) => model.deleteFlow(id),
    (client) => client.delete(`/flows/${id}`),
  ),
);

const readOnly = fc.tuple(flowId, fc.constantFrom(true, false, false, false)).map(([id, value]) =>
  write(
    `read_only ${value} ${id}`,
    (model) => model.changeFlow(id, { read_only: value }),
    (client) => client.put(`/flows/${id}/read_only`, value),
  ),
);

const flowProperty = fc
  .tuple(
    flowId,
    fc.oneof(
      maybe(label).map((value) => ['label', value] as const),
      maybe(description).map((value) => ['description', value] as const),
      maybe(fc.nat(9000)).map((value) => ['max_bit_rate', value] as const),
      maybe(collection).map((value) => ['flow_collection', value] as const),
    ),
  )
  .map(([id, [name, value]]) =>
    write(
      `flow ${id} ${name} = ${JSON.stringify(value)}`,
      (model) => model.changeFlow(id, { [name]: value }),
      (client) =>
        value === undefined ? client.delete(`/flows/${id}/${name}`) : client.put(`/flows/${id}/${name}`, value),
    ),
  );

const flowTag = fc.tuple(flowId, tagName, maybe(tagValue)).map(([id, name, value]) =>
  write(
    `flow ${id} tag ${name} = ${JSON.stringify(value)}`,
    (model) =>
      value === undefined
        ? model.deleteFlowTag(id, name)
        : model.changeFlow(id, { tags: { ...model.flows.get(id)?.body.tags, [name]: value } }),
    (client) => {
      const path = tagPath('flows', id, name);
      return value === undefined ? client.delete(path) : client.put(path, value);
    },
  ),
);

const sourceProperty = fc
  .tuple(sourceId, fc.constantFrom('label', 'description'), maybe(label))
  .map(([id, name, value]) =>
    write(
      `source ${id} ${name} = ${JSON.stringify(value)}`,
      (model) => model.changeSource(id, { [name]: value }),
      (client) =>
        value === undefined ? client.delete(`/sources/${id}/${name}`) : client.put(`/sources/${id}/${name}`, value),
    ),
  );

const sourceTag = fc.tuple(sourceId, tagName, maybe(tagValue)).map(([id, name, value]) =>
  write(
    `source ${id} tag ${name} = ${JSON.stringify(value)}`,
    (model) =>
      value === undefined
        ? model.deleteSourceTag(id, name)
        : model.changeSource(id, { tags: { ...model.sources.get(id)?.tags, [name]: value } }),
    (client) => {
      const path = tagPath('sources', id, name);
      return value === undefined ? client.delete(path) : client.put(path, value);
    },
  ),
);

/** Commands that change Flows and Sources; one that stands here twice is chosen twice as often. */
export const flowSteps: readonly fc.Arbitrary<Step>[] = [
  putFlow,
  putFlow,
  putFlow,
  deleteFlow,
  readOnly,
  flowProperty,
  flowProperty,
  flowTag,
  sourceProperty,
  sourceTag,
];
