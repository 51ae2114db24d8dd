import { Anchor, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { AuditLink } from '../access/audit-link';
import { CopyText } from '../parts/copy-text';
import { Fact } from '../parts/facts';
import { FormatIcon, formatName } from '../parts/format';
import { LibraryTrail } from '../parts/library-trail';
import { Page } from '../parts/page';
import { PendingPage } from '../parts/pending-page';
import { SourceDiagram } from './source-diagram';
import { type SourceDocument, useRepresented, useSource } from './use-source';

/** One Source: what it is, the Flows that represent it, and what it collects. */
export default function SourcePage({ sourceId }: { readonly sourceId: string }): ReactElement {
  const { data: source, error, refetch } = useSource(sourceId);
  const { own, collected, notDrawn } = useRepresented(source);
  if (!source || !own) return <PendingPage title="Source" error={error} retry={() => void refetch()} />;
  const isCut = own.hasMore || notDrawn > 0 || collected.some(({ hasMore }) => hasMore);
  return (
    <Stack gap="xs">
      <LibraryTrail here="Source" />
      <Page title={source.label ?? source.description ?? 'Without a label'}>
        <Group gap="xs" mt={-8}>
          <FormatIcon format={source.format} size={16} />
          <Text size="sm">{formatName(source.format)}</Text>
          <Text size="xs" c="dimmed" className="mono">
            {source.id}
          </Text>
          <CopyText value={source.id} name="the Source's id" />
        </Group>
        <SourceDiagram own={own} collected={collected} />
        <Text size="xs" c="dimmed">
          A full line: represents. A broken line: collects.
          {isCut && ' There are more than are drawn: the library finds them by the Source’s id.'}
        </Text>
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Facts source={source} />
        </SimpleGrid>
      </Page>
    </Stack>
  );
}

function Facts({ source }: { readonly source: SourceDocument }): ReactElement {
  const tags = Object.entries(source.tags ?? {});
  const collectedBy = source.collected_by ?? [];
  return (
    <Stack gap={6}>
      <Fact name="Description">{source.description}</Fact>
      <Fact name="Created">
        {source.created && new Date(source.created).toLocaleString('en-GB', { timeZoneName: 'short' })}
      </Fact>
      <Fact name="By">{source.created_by}</Fact>
      <AuditLink id={source.id} />
      {tags.map(([name, value]) => (
        <Fact key={name} name={name}>
          {typeof value === 'string' ? value : value.join(', ')}
        </Fact>
      ))}
      {collectedBy.length > 0 && (
        <Title order={2} size="h5" mt="xs">
          Collected by
        </Title>
      )}
      {collectedBy.map((id) => (
        <Anchor key={id} component={Link} href={`/sources/${id}`} size="sm" className="mono clip">
          {id}
        </Anchor>
      ))}
    </Stack>
  );
}
