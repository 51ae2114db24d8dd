import { Badge, Group, Text, Tooltip } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { memo, type ReactElement } from 'react';
import { Link } from 'wouter';
import type { FlowOverview } from '../api/models';
import { ActivityBadge } from '../parts/activity-badge';
import { formatName } from '../parts/format';
import { writeBytes } from '../parts/write-bytes';
import { writeAge, writeLength } from '../time/clock';
import styles from './library.module.css';
import { Poster } from './poster';

/** One Flow of the library: a row on wide screens, a card on narrow ones. Drawn again when its Flow changes, not while it scrolls. */
export const FlowRow = memo(function FlowRow({ flow }: { readonly flow: FlowOverview }): ReactElement {
  const holes = flow.hole_seconds ?? 0;
  return (
    <Link href={`/flows/${flow.id}`} className={styles['row']}>
      <Poster flow={flow} />
      <div className={styles['name']}>
        <Group gap={6} wrap="nowrap">
          <Text fw={600} className="clip" component="span">
            {flow.label ?? flow.description ?? 'Without a label'}
          </Text>
          <ActivityBadge activity={flow.activity} />
          {flow.read_only && (
            <Tooltip label="Read-only">
              <IconLock size={14} aria-label="Read-only" />
            </Tooltip>
          )}
        </Group>
        <Text size="xs" c="dimmed" className="clip mono" component="span" display="block">
          {flow.id}
        </Text>
      </div>
      <div className={styles['kind']}>
        <Text size="sm" className="clip">
          {flow.summary === '' ? formatName(flow.format) : flow.summary}
        </Text>
        <Text size="xs" c="dimmed" className="clip">
          {flow.member_count ? `${flow.member_count} Flows` : (flow.container ?? formatName(flow.format))}
        </Text>
      </div>
      <Text size="sm" className={styles['number']}>
        {flow.duration_seconds === undefined ? '' : writeLength(flow.duration_seconds)}
      </Text>
      <Text size="sm" className={styles['number']}>
        {flow.size_bytes === undefined ? '' : `${flow.size_exact === false ? '≈ ' : ''}${writeBytes(flow.size_bytes)}`}
      </Text>
      <div className={styles['holes']}>
        {holes > 0 && (
          <Badge size="sm" variant="filled" color="orange.3" c="black" tt="none">
            {writeLength(holes)} missing
          </Badge>
        )}
      </div>
      <Text size="sm" c="dimmed" className={styles['age']}>
        {flow.last_added_age_seconds === undefined ? '' : writeAge(flow.last_added_age_seconds)}
      </Text>
    </Link>
  );
});
