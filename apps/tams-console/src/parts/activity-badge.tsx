import { Badge } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Activity } from '../api/models';

/** Whether a Flow grows: live, stalled (it should and does not), or neither, which shows nothing. */
export function ActivityBadge({ activity }: { readonly activity: Activity }): ReactElement | null {
  if (activity === 'live')
    return (
      <Badge color="red.9" variant="filled" size="sm" className="live">
        Live
      </Badge>
    );
  if (activity === 'stalled')
    return (
      <Badge color="orange.3" c="black" variant="filled" size="sm">
        Stalled
      </Badge>
    );
  if (activity === 'empty')
    return (
      <Badge color="gray" variant="outline" size="sm">
        Empty
      </Badge>
    );
  return null;
}
