import { Anchor, Badge, Code, Divider, Group, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { api, body } from '../../api/client';
import type { ObjectOverview } from '../../api/models';
import { readConsole } from '../../api/read-console';
import { CopyText } from '../../parts/copy-text';
import { Fact } from '../../parts/facts';
import { FormatIcon } from '../../parts/format';
import { ProblemAlert } from '../../parts/problem-alert';
import { writeBytes } from '../../parts/write-bytes';
import { writeLength, writeMoment } from '../../time/clock';
import type { Selection } from '../flow-desk';
import type { useClock } from '../use-desk';
import { timerangeOf } from '../use-flow';

interface InspectorProperties {
  readonly selection: Selection | undefined;
  readonly clock: ReturnType<typeof useClock>;
}

/** Everything about one Segment: its object, where the bytes are, who else uses them. */
export function SegmentInspector({ selection, clock }: InspectorProperties): ReactElement {
  if (!selection)
    return (
      <Text size="sm" c="dimmed">
        Come close on the timeline until single Segments show, and choose one.
      </Text>
    );
  return <Inspected key={`${selection.flowId} ${selection.segment.start}`} selection={selection} clock={clock} />;
}

function Inspected({
  selection: { flowId, segment },
  clock,
}: Required<InspectorProperties> & { selection: Selection }): ReactElement {
  const timerange = timerangeOf(segment);
  const listed = useQuery({
    queryKey: ['flow', flowId, 'segment', timerange],
    queryFn: ({ signal }) =>
      body(
        api.GET('/flows/{flowId}/segments', {
          params: {
            path: { flowId },
            query: { timerange, object_id: segment.objectId, limit: 1, accept_get_urls: '' },
          },
          signal,
        }),
      ),
  });
  const object = useQuery({
    queryKey: ['object', segment.objectId],
    queryFn: ({ signal }) =>
      readConsole<ObjectOverview>(`/console/api/objects/${encodeURIComponent(segment.objectId)}`, {}, signal),
  });
  const found = listed.data?.[0];
  return (
    <Stack gap={6}>
      <Group gap={4} wrap="nowrap">
        <Text fw={600} size="sm" className="clip mono">
          {segment.objectId}
        </Text>
        <CopyText value={segment.objectId} name="the object's id" />
      </Group>
      <Fact name="From">{writeMoment(segment.start, clock.mode, clock.rate)}</Fact>
      <Fact name="Length">{writeLength(Number(segment.end - segment.start) / 1e9)}</Fact>
      <Fact name="Timerange">
        <Code>{found?.timerange ?? timerange}</Code>
      </Fact>
      <Fact name="ts_offset">{found?.ts_offset && <Code>{found.ts_offset}</Code>}</Fact>
      <Fact name="Key frames">{found?.key_frame_count}</Fact>
      <Fact name="Initialised by">
        {found?.init_object && <span className="mono">{found.init_object.object_id}</span>}
      </Fact>
      {listed.error && <ProblemAlert error={listed.error} />}
      {object.isPending && <Loader size="sm" aria-label="Loading the object" />}
      {object.error && <ProblemAlert error={object.error} />}
      {object.data && <ObjectFacts object={object.data} flowId={flowId} />}
      <ObjectUrls objectId={segment.objectId} />
    </Stack>
  );
}

function ObjectFacts({ object, flowId }: { readonly object: ObjectOverview; readonly flowId: string }): ReactElement {
  const others = object.flows.filter(({ id }) => id !== flowId);
  return (
    <>
      <Fact name="Size">{object.size_bytes === undefined ? undefined : writeBytes(object.size_bytes)}</Fact>
      <Fact name="Type">{object.content_type}</Fact>
      <Fact name="Holds">{object.timerange && <Code>{object.timerange}</Code>}</Fact>
      <Divider label="Where the bytes are" labelPosition="left" />
      {object.instances.map((instance) => (
        <Group key={`${instance.storage_id ?? ''} ${instance.label ?? ''} ${instance.created}`} gap={6}>
          <Badge
            size="sm"
            variant="light"
            color={instance.state === 'ready' ? 'teal' : 'orange'}
            tt="none"
            className="state"
          >
            {instance.state}
          </Badge>
          <Text size="sm">{instance.label ?? instance.storage_id ?? 'elsewhere'}</Text>
          {!instance.controlled && (
            <Text size="xs" c="dimmed">
              not ours
            </Text>
          )}
        </Group>
      ))}
      <Divider label={others.length === 0 ? 'No other Flow uses it' : 'Also used by'} labelPosition="left" />
      {others.map(({ id, label, format, timerange }) => (
        <Group key={id} gap={6} wrap="nowrap">
          <FormatIcon format={format} size={16} />
          <Anchor component={Link} href={`/flows/${id}`} size="sm" className="clip">
            {label ?? id}
          </Anchor>
          <Code>{timerange}</Code>
        </Group>
      ))}
      {object.more_flows && (
        <Text size="xs" c="dimmed">
          and more
        </Text>
      )}
    </>
  );
}

/** The URLs of an object, asked for when somebody wants them: they are signed that moment. */
function ObjectUrls({ objectId }: { readonly objectId: string }): ReactElement | null {
  const { data } = useQuery({
    queryKey: ['object', objectId, 'urls'],
    queryFn: ({ signal }) => body(api.GET('/objects/{objectId}', { params: { path: { objectId } }, signal })),
  });
  const urls = data?.get_urls ?? [];
  if (urls.length === 0) return null;
  return (
    <>
      <Divider label="URLs" labelPosition="left" />
      {urls.map(({ url, label, presigned }) => (
        <Group key={url} gap={6} wrap="nowrap">
          <Anchor href={url} size="sm" className="clip" target="_blank" rel="noreferrer">
            {label ?? new URL(url).host}
          </Anchor>
          {presigned === true && (
            <Text size="xs" c="dimmed">
              presigned
            </Text>
          )}
          <CopyText value={url} name="the URL" />
        </Group>
      ))}
    </>
  );
}
