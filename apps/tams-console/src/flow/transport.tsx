import { ActionIcon, CopyButton, Group, Select, Text, Tooltip } from '@mantine/core';
import {
  IconBracketsContainEnd,
  IconBracketsContainStart,
  IconLink,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipBack,
  IconPlayerSkipForward,
  IconPlayerTrackNext,
  IconPlayerTrackPrev,
  IconZoomIn,
  IconZoomOut,
} from '@tabler/icons-react';
import { formatNanoseconds } from '@tams/timing';
import type { ComponentType, ReactElement } from 'react';
import { consolePath } from '../session/settings';
import { type ClockMode, writeMoment } from '../time/clock';
import styles from './flow.module.css';
import type { useClock } from './use-desk';
import { type KeyActions, stepped } from './use-keys';

interface TransportProperties extends KeyActions {
  readonly clock: ReturnType<typeof useClock>;
  readonly flowId: string;
  readonly isLive: boolean;
}

interface ToolProperties {
  readonly icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>;
  readonly name: string;
  /** The key that does the same. */
  readonly shortcut?: string;
  readonly onPress: () => void;
}

function Tool({ icon: Icon, name, shortcut, onPress }: ToolProperties): ReactElement {
  return (
    <Tooltip label={shortcut === undefined ? name : `${name} (${shortcut})`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={name}
        aria-keyshortcuts={shortcut}
        onClick={onPress}
      >
        <Icon size={20} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

/** Clocks people may choose: dates only where the timeline counts from 1970. */
function modesOf(wallClock: boolean): { value: ClockMode; label: string }[] {
  const relative = { value: 'time' as const, label: 'Time' };
  const others = [
    { value: 'timecode' as const, label: 'Timecode' },
    { value: 'tai' as const, label: 'TAI (s:ns)' },
  ];
  const dates = [
    { value: 'utc' as const, label: 'UTC' },
    { value: 'local' as const, label: 'Local time' },
  ];
  return wallClock ? [...dates, ...others] : [relative, ...others];
}

/** Buttons for everything the keys do, the position, and its clock. */
export function Transport(properties: TransportProperties): ReactElement {
  const { player, position, rate, clock, flowId, isLive, onMarkIn, onMarkOut, onZoom, onGoTo } = properties;
  const step = (frames: bigint): void => {
    player.seek(stepped(position, frames, rate));
  };
  const link = `${location.origin}${consolePath}/flows/${flowId}?t=${formatNanoseconds(position)}`;
  return (
    <Group justify="space-between" mt="xs" gap="xs">
      <Group gap={2} role="toolbar" aria-label="Transport">
        <Tool
          icon={IconPlayerSkipBack}
          name="Go to the start"
          shortcut="Home"
          onPress={() => {
            onGoTo('start');
          }}
        />
        <Tool
          icon={IconPlayerTrackPrev}
          name="Back one frame"
          shortcut="ArrowLeft"
          onPress={() => {
            step(-1n);
          }}
        />
        <Tool
          icon={player.paused ? IconPlayerPlay : IconPlayerPause}
          name={player.paused ? 'Play' : 'Pause'}
          shortcut="Space"
          onPress={player.toggle}
        />
        <Tool
          icon={IconPlayerTrackNext}
          name="Forward one frame"
          shortcut="ArrowRight"
          onPress={() => {
            step(1n);
          }}
        />
        <Tool
          icon={IconPlayerSkipForward}
          name={isLive ? 'Go to the live edge' : 'Go to the end'}
          shortcut="End"
          onPress={() => {
            onGoTo('end');
          }}
        />
        <Tool icon={IconBracketsContainStart} name="Mark in" shortcut="I" onPress={onMarkIn} />
        <Tool icon={IconBracketsContainEnd} name="Mark out" shortcut="O" onPress={onMarkOut} />
        <Tool
          icon={IconZoomIn}
          name="Zoom in"
          shortcut="+"
          onPress={() => {
            onZoom(0.5);
          }}
        />
        <Tool
          icon={IconZoomOut}
          name="Zoom out"
          shortcut="-"
          onPress={() => {
            onZoom(2);
          }}
        />
        <CopyButton value={link}>
          {({ copied, copy }) => (
            <Tool icon={IconLink} name={copied ? 'Link copied' : 'Copy a link to this moment'} onPress={copy} />
          )}
        </CopyButton>
      </Group>
      <Group gap="xs">
        {player.speed !== 1 && <Text size="sm">{player.speed}×</Text>}
        <span className={styles['position']} data-testid="position">
          {writeMoment(position, clock.mode, rate)}
        </span>
        <Select
          aria-label="Clock"
          size="xs"
          w={120}
          allowDeselect={false}
          data={modesOf(clock.wallClock)}
          value={clock.mode}
          onChange={(value) => {
            clock.setMode(value ?? 'time');
          }}
        />
      </Group>
    </Group>
  );
}
