import { Anchor, Badge, Code, Divider, Group, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { AuditLink } from '../access/audit-link';
import type { FlowOverview } from '../api/models';
import { Fact } from '../parts/facts';
import { FormatIcon, formatName } from '../parts/format';
import { writeBytes, writeCount } from '../parts/write-bytes';
import { writeLength } from '../time/clock';
import { useFlow } from './use-flow';

/** What is known of a Flow. */
export function Details({ flow }: { readonly flow: FlowOverview }): ReactElement {
  const { data } = useFlow(flow.id);
  const size = flow.size_bytes === undefined ? undefined : writeBytes(flow.size_bytes);
  return (
    <Stack gap={6}>
      {flow.description !== undefined && flow.label !== undefined && <Text size="sm">{flow.description}</Text>}
      <Fact name="Length">{flow.duration_seconds === undefined ? undefined : writeLength(flow.duration_seconds)}</Fact>
      <Fact name="Holes">
        {flow.hole_seconds === undefined ? undefined : flow.hole_seconds > 0 ? writeLength(flow.hole_seconds) : 'none'}
      </Fact>
      <Fact name="Segments">{writeCount(flow.segment_count)}</Fact>
      <Fact name="Size">{size === undefined ? undefined : `${flow.size_exact === false ? 'about ' : ''}${size}`}</Fact>
      <Fact name="Rate">{flow.rate && `${flow.rate.media_per_second.toFixed(2)} s of media a second`}</Fact>
      <Fact name="Codec">{flow.codec}</Fact>
      <Fact name="Container">{flow.container}</Fact>
      <Fact name="Extent">{flow.extent && <Code>{flow.extent}</Code>}</Fact>
      <Fact name="Source">
        <Anchor component={Link} href={`/sources/${flow.source_id}`} size="sm" className="mono">
          {flow.source_id}
        </Anchor>
      </Fact>
      <Fact name="Created">{new Date(flow.created).toLocaleString('en-GB', { timeZoneName: 'short' })}</Fact>
      <Fact name="By">{data?.created_by}</Fact>
      <AuditLink id={flow.id} />
      <Relations flow={flow} />
      <Tags tags={flow.tags ?? {}} />
    </Stack>
  );
}

function Relations({ flow }: { readonly flow: FlowOverview }): ReactElement | null {
  const members = flow.members ?? [];
  const collectedBy = flow.collected_by ?? [];
  if (members.length === 0 && collectedBy.length === 0) return null;
  return (
    <>
      {members.length > 0 && (
        <Divider label={`Collects ${flow.member_count ?? members.length} Flows`} labelPosition="left" />
      )}
      {members.map(({ id, role, label, format = '' }) => (
        <Group key={id} gap={6} wrap="nowrap">
          <FormatIcon format={format} size={16} />
          <Anchor component={Link} href={`/flows/${id}`} size="sm" className="clip">
            {label ?? role ?? formatName(format)}
          </Anchor>
          {role !== undefined && label !== undefined && (
            <Badge size="sm" variant="light" color="gray" tt="none">
              {role}
            </Badge>
          )}
        </Group>
      ))}
      {collectedBy.length > 0 && <Divider label="Collected by" labelPosition="left" />}
      {collectedBy.map((id) => (
        <Anchor key={id} component={Link} href={`/flows/${id}`} size="sm" className="mono clip">
          {id}
        </Anchor>
      ))}
    </>
  );
}

function Tags({ tags }: { readonly tags: NonNullable<FlowOverview['tags']> }): ReactElement | null {
  const entries = Object.entries(tags);
  if (entries.length === 0) return null;
  return (
    <>
      <Divider label="Tags" labelPosition="left" />
      {entries.map(([name, value]) => (
        <Fact key={name} name={name}>
          {typeof value === 'string' ? value : value.join(', ')}
        </Fact>
      ))}
    </>
  );
}
