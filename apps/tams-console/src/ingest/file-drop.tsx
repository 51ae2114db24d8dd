import { Center, Overlay, Text } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { useMissingRight } from '../session/use-me';
import { ingestFiles } from './ingests';

/** Files dropped anywhere on the page are ingested; while they hover, the page says so. */
export function FileDrop(): ReactElement | null {
  const missing = useMissingRight('write');
  const [isOver, setOver] = useState(false);
  const [, go] = useLocation();
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = missing === undefined ? 'copy' : 'none';
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      setOver(false);
      if (missing !== undefined) return;
      ingestFiles(files);
      go('/ingest');
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [missing, go]);
  if (!isOver) return null;
  return (
    <Overlay fixed backgroundOpacity={0.85} zIndex={500}>
      <Center h="100%">
        <Text size="xl" fw={700} c="white" ta="center" px="md">
          {missing ?? 'Drop media here to ingest it'}
        </Text>
      </Center>
    </Overlay>
  );
}
