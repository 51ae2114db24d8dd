import { FileButton, Stack, Text } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { type ReactElement, useRef } from 'react';
import { Page } from '../parts/page';
import { RightButton } from '../parts/right-button';
import { IngestCard } from './ingest-card';
import styles from './ingest.module.css';
import { ingestFiles, useIngests } from './ingests';

/** Puts files into the store: cut in this page, uploaded and registered as they are read. */
export default function IngestPage(): ReactElement {
  const ingests = useIngests();
  const forget = useRef<() => void>(null);
  return (
    <Page title="Ingest">
      <div className={styles['zone']}>
        <IconUpload size={40} aria-hidden />
        <Text fw={600} ta="center">
          Drop media files anywhere on this page
        </Text>
        <Text size="sm" c="dimmed" ta="center" maw={520}>
          MP4, MOV, Matroska, WebM, MPEG-TS, WAV, FLAC, MP3, AAC or Ogg. They are cut at key frames in this page,
          nothing is encoded anew, and they play while they are still being sent.
        </Text>
        <FileButton
          multiple
          resetRef={forget}
          onChange={(files) => {
            ingestFiles(files);
            // The same file may be chosen again.
            forget.current?.();
          }}
        >
          {({ onClick }) => (
            <RightButton right="write" onClick={onClick}>
              Choose files
            </RightButton>
          )}
        </FileButton>
      </div>
      <Stack gap="sm" role="list" aria-label="Ingests of this tab">
        {ingests.map((state) => (
          <IngestCard key={state.key} state={state} />
        ))}
      </Stack>
      <Text size="xs" c="dimmed">
        For folders, playlists and live streams there is the command: npm run ingest -- --help
      </Text>
    </Page>
  );
}
