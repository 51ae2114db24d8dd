import { Alert, Box, Grid, Stack, Tabs, Text } from '@mantine/core';
import { type ReactElement, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { FlowOverview } from '../api/models';
import { CutPanel } from './cut/cut-panel';
import { Details } from './details';
import styles from './flow.module.css';
import { SegmentInspector } from './inspector/segment-inspector';
import type { Player } from './player/use-player';
import { usePlayer } from './player/use-player';
import { isCovered, type SegmentMark } from './timeline/lanes';
import { Timeline } from './timeline/timeline';
import { zoomed } from './timeline/window';
import { Transport } from './transport';
import { type Marks, useClock, useMarks, useTimeline } from './use-desk';
import { momentOf } from './use-flow';
import { useKeys } from './use-keys';

/** A Segment somebody looks at, and whose it is. */
export interface Selection {
  readonly flowId: string;
  readonly segment: SegmentMark;
}

/** Player and timeline of a Flow, and what can be done with what they show. */
export function FlowDesk({ flow }: { readonly flow: FlowOverview }): ReactElement {
  const [parameters] = useSearchParams();
  const begin = useRef(momentOf(parameters.get('t')) ?? momentOf(parameters.get('in')));
  const video = useRef<HTMLVideoElement>(null);
  // The address that plays is fixed for as long as the page is open: a growing Flow is followed by the player.
  const player = usePlayer(video, playbackOf(flow), begin.current);
  const timeline = useTimeline(flow);
  const clock = useClock(flow);
  const [marks, setMarks] = useMarks();
  const [selection, setSelection] = useState<Selection>();
  const [tab, setTab] = useState<string | null>('details');
  const { extent, shown, setShown } = timeline;
  const position = player.moment ?? begin.current ?? extent?.start ?? 0n;
  const mark = (change: Partial<Marks>): void => {
    setMarks({ ...marks, ...change });
    setTab('cut');
  };
  const actions = {
    player,
    rate: clock.rate,
    position,
    onMarkIn: () => {
      mark({ in: position });
    },
    onMarkOut: () => {
      mark({ out: position });
    },
    onClearMarks: () => {
      setMarks({ in: undefined, out: undefined });
    },
    onZoom: (factor: number) => {
      if (shown && extent) setShown(zoomed(shown, position, factor, extent));
    },
    onGoTo: (where: 'start' | 'end') => {
      if (extent) player.seek(where === 'start' ? extent.start : extent.end - 1n);
    },
  };
  useKeys(actions);
  return (
    <Stack gap="sm">
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Screen flow={flow} video={video} player={player} inHole={isInHole(timeline.lanes, position)} />
          {extent && <Transport {...actions} clock={clock} flowId={flow.id} isLive={flow.activity === 'live'} />}
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Tabs value={tab} onChange={setTab} keepMounted={false}>
            <Tabs.List mb="sm">
              <Tabs.Tab value="details">Details</Tabs.Tab>
              <Tabs.Tab value="segment">Segment</Tabs.Tab>
              <Tabs.Tab value="cut">Cut</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="details">
              <Details flow={flow} />
            </Tabs.Panel>
            <Tabs.Panel value="segment">
              <SegmentInspector selection={selection} clock={clock} />
            </Tabs.Panel>
            <Tabs.Panel value="cut">
              <CutPanel flow={flow} marks={marks} clock={clock} onClear={actions.onClearMarks} />
            </Tabs.Panel>
          </Tabs>
        </Grid.Col>
      </Grid>
      {extent && shown ? (
        <Timeline
          lanes={timeline.lanes}
          overview={timeline.overview}
          extent={extent}
          shown={shown}
          playhead={position}
          marks={marks}
          selected={selection?.segment}
          mode={clock.mode}
          rate={clock.rate}
          onShow={setShown}
          onSeek={player.seek}
          onSelect={(flowId, segment) => {
            setSelection({ flowId, segment });
            setTab('segment');
          }}
        />
      ) : (
        <Text c="dimmed">This Flow has no Segments yet.</Text>
      )}
    </Stack>
  );
}

/** Where a Flow plays; `undefined` while it has no media. */
function playbackOf(flow: FlowOverview): string | undefined {
  return flow.extent === undefined ? undefined : (flow.playback ?? `/flows/${flow.id}/output.m3u8`);
}

function isInHole(lanes: Parameters<typeof isCovered>[0], position: bigint): boolean {
  return lanes.some(({ runs }) => runs.length > 0) && !isCovered(lanes, position);
}

interface ScreenProperties {
  readonly flow: FlowOverview;
  readonly video: React.RefObject<HTMLVideoElement | null>;
  readonly player: Player;
  readonly inHole: boolean;
}

function Screen({ flow, video, player, inHole }: ScreenProperties): ReactElement {
  return (
    <Box className={styles['screen']}>
      {/* Captions are Flows of their own; where there are some, the player shows them. */}
      <video ref={video} className={styles['video']} playsInline aria-label={`Media of ${flow.label ?? flow.id}`} />
      {inHole && player.paused && <div className={styles['over']}>Nothing here: a hole</div>}
      {playbackOf(flow) === undefined && <div className={styles['over']}>Nothing to play</div>}
      {player.failure && (
        <Alert color="red" variant="filled" title={player.failure.title} className={styles['failure']} role="alert">
          {player.failure.detail}
        </Alert>
      )}
    </Box>
  );
}
