import { Anchor, Badge, ScrollArea, Table, Text } from '@mantine/core';
import { Fragment, type ReactElement } from 'react';
import { Link } from 'wouter';
import type { components } from '../api/schema';
import { writeDate } from '../parts/moment';

/** A line of the audit log. */
type AuditLine = components['schemas']['AuditLine'];

/** Pages of what a path names, by parameter. */
const pages: Readonly<Record<string, string>> = { flowId: '/flows/', sourceId: '/sources/' };

/** Lines of the audit log, as they were given. */
export function AuditTable({ lines }: { readonly lines: readonly AuditLine[] }): ReactElement {
  return (
    <ScrollArea viewportProps={{ tabIndex: 0, 'aria-label': 'Audit log', role: 'region' }}>
      <Table miw={860} verticalSpacing={4} fz="sm">
        <Table.Thead>
          <Table.Tr>
            {['When', 'Who', 'What', 'Which', 'How it ended', 'From', 'Request'].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map((line, index) => (
            <Row key={`${line.time} ${line.correlation_id} ${index}`} line={line} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function Row({ line }: { readonly line: AuditLine }): ReactElement {
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{writeDate(line.time)}</Table.Td>
      <Table.Td>{line.principal ?? 'nobody known'}</Table.Td>
      <Table.Td className="mono" style={{ overflowWrap: 'anywhere' }}>
        {line.method} {line.route}
      </Table.Td>
      <Table.Td>
        {Object.entries(line.resource).map(([name, id]) => (
          <Fragment key={name}>
            <Resource name={name} id={id} />{' '}
          </Fragment>
        ))}
      </Table.Td>
      <Table.Td>
        <Badge size="sm" tt="none" color={line.audit === 'refusal' ? 'red.9' : 'teal.9'}>
          {line.outcome}
        </Badge>
      </Table.Td>
      <Table.Td className="mono">{line.source}</Table.Td>
      <Table.Td>
        <Anchor
          component={Link}
          fz="sm"
          className="mono"
          href={`/operations/${encodeURIComponent(line.correlation_id)}`}
        >
          {line.correlation_id.slice(0, 8)}
        </Anchor>
      </Table.Td>
    </Table.Tr>
  );
}

function Resource({ name, id }: { readonly name: string; readonly id: string }): ReactElement {
  const page = pages[name];
  if (page === undefined)
    return (
      <Text span fz="sm" className="mono" style={{ overflowWrap: 'anywhere' }}>
        {id}
      </Text>
    );
  return (
    <Anchor component={Link} fz="sm" className="mono" href={`${page}${id}`}>
      {id.slice(0, 8)}
    </Anchor>
  );
}
