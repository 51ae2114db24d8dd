import { Anchor, Button, Group, Kbd, Progress, Stack, Text, TextInput } from '@mantine/core';
import { IconDownload, IconScissors } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactElement, useRef, useState } from 'react';
import { Link } from 'wouter';
import { api } from '../../api/client';
import type { FlowOverview } from '../../api/models';
import { CopyText } from '../../parts/copy-text';
import { Fact } from '../../parts/facts';
import { ProblemAlert } from '../../parts/problem-alert';
import { RightButton } from '../../parts/right-button';
import { saveFile } from '../../parts/save-file';
import { writeBytes } from '../../parts/write-bytes';
import { consolePath } from '../../session/settings';
import { writeLength, writeMoment } from '../../time/clock';
import type { Stretch } from '../timeline/window';
import { cutOf, type Marks, type useClock } from '../use-desk';
import { laneFlowsOf } from '../use-flow';
import { type DownloadProgress, fetchCut, fileNameOf } from './download-cut';
import { saveCut } from './save-cut';

interface CutProperties {
  readonly flow: FlowOverview;
  readonly marks: Marks;
  readonly clock: ReturnType<typeof useClock>;
  readonly onClear: () => void;
}

/** What can be done with the stretch between the marks. */
export function CutPanel({ flow, marks, clock, onClear }: CutProperties): ReactElement {
  const cut = cutOf(marks);
  const write = (moment: bigint | undefined): string =>
    moment === undefined ? '—' : writeMoment(moment, clock.mode, clock.rate);
  return (
    <Stack gap="sm">
      <Stack gap={6}>
        <Fact name="In">{write(marks.in)}</Fact>
        <Fact name="Out">{write(marks.out)}</Fact>
        <Fact name="Length">{cut && writeLength(Number(cut.end - cut.start) / 1e9)}</Fact>
      </Stack>
      {cut ? (
        <>
          <Group>
            <Button variant="subtle" color="gray" size="compact-sm" onClick={onClear}>
              Clear marks
            </Button>
          </Group>
          <SaveForm flow={flow} cut={cut} />
          <Downloads flow={flow} cut={cut} />
        </>
      ) : (
        <Text size="sm" c="dimmed">
          {marks.in !== undefined && marks.out !== undefined
            ? 'Out must come after in.'
            : 'Go to where the cut begins and press '}
          {(marks.in === undefined || marks.out === undefined) && (
            <>
              <Kbd>I</Kbd>, then to where it ends and press <Kbd>O</Kbd>.
            </>
          )}
        </Text>
      )}
    </Stack>
  );
}

function SaveForm({ flow, cut }: { readonly flow: FlowOverview; readonly cut: Stretch }): ReactElement {
  const [label, setLabel] = useState(`${flow.label ?? 'Flow'} (cut)`);
  const save = useMutation({ mutationFn: () => saveCut(flow, cut, label) });
  const link = save.data === undefined ? '' : `${location.origin}${consolePath}/flows/${save.data}`;
  return (
    <Stack gap="xs">
      <TextInput
        label="Save as a Flow of its own"
        description="By reference: the new Flow uses the same objects, and no byte is copied."
        value={label}
        onChange={(event) => {
          setLabel(event.currentTarget.value);
        }}
      />
      <Group>
        <RightButton
          right="write"
          leftSection={<IconScissors size={16} aria-hidden />}
          loading={save.isPending}
          obstacle={label.trim() === '' ? 'Give it a label first.' : undefined}
          onClick={() => {
            save.mutate();
          }}
        >
          Save cut
        </RightButton>
      </Group>
      {save.error && <ProblemAlert error={save.error} />}
      {save.data !== undefined && (
        <Group gap={4} role="status">
          <Text size="sm">Saved:</Text>
          <Anchor component={Link} href={`/flows/${save.data}`} size="sm">
            Open the cut
          </Anchor>
          <CopyText value={link} name="the link to the cut" />
        </Group>
      )}
    </Stack>
  );
}

function Downloads({ flow, cut }: { readonly flow: FlowOverview; readonly cut: Stretch }): ReactElement {
  const lanes = laneFlowsOf(flow);
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        Download
      </Text>
      <Text size="xs" c="dimmed">
        Whole Segments, from the one the cut begins in to the one it ends in.
      </Text>
      {lanes.map(({ id, label }) => (
        <Download
          key={id}
          flowId={id}
          label={label}
          container={lanes.length === 1 ? flow.container : undefined}
          cut={cut}
        />
      ))}
    </Stack>
  );
}

interface DownloadProperties {
  readonly flowId: string;
  readonly label: string;
  readonly container: string | undefined;
  readonly cut: Stretch;
}

function Download({ flowId, label, container, cut }: DownloadProperties): ReactElement {
  const [progress, setProgress] = useState<DownloadProgress>();
  const leaving = useRef<AbortController>(undefined);
  const fetching = useMutation({
    mutationFn: async () => {
      leaving.current = new AbortController();
      const content = await fetchCut(flowId, cut, setProgress, leaving.current.signal);
      saveFile(content, fileNameOf(label, container ?? (await containerOf(flowId))));
    },
  });
  return (
    <Stack gap={4}>
      <Group gap="xs" wrap="nowrap">
        <Button
          size="compact-md"
          variant="light"
          leftSection={<IconDownload size={16} aria-hidden />}
          loading={fetching.isPending}
          onClick={() => {
            fetching.mutate();
          }}
        >
          {label}
        </Button>
        {fetching.isPending && (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => leaving.current?.abort()}>
            Stop
          </Button>
        )}
        {progress && <Text size="xs">{writeBytes(progress.bytes)}</Text>}
      </Group>
      {fetching.isPending && progress && <Progress value={progress.share * 100} aria-label={`Download of ${label}`} />}
      {fetching.error && !leaving.current?.signal.aborted && <ProblemAlert error={fetching.error} />}
    </Stack>
  );
}

async function containerOf(flowId: string): Promise<string | undefined> {
  const { data } = await api.GET('/flows/{flowId}', { params: { path: { flowId } } });
  return (data as { container?: string } | undefined)?.container;
}
