import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { send } from '../api/client';
import { ProblemAlert } from '../parts/problem-alert';
import { saveFile } from '../parts/save-file';
import { apiAddress } from '../session/settings';

/** Downloads all that is known as one archive, to attach to a report. */
export function DiagnoseButton(): ReactElement {
  const download = useMutation({
    mutationFn: async () => {
      const archive = await (await send(new Request(`${apiAddress}/insight/diagnosis`))).blob();
      const time = new Date().toISOString().slice(0, 16).replaceAll(/[-:]/g, '');
      saveFile(archive, `tams-diagnosis-${time}.tar.gz`);
    },
  });
  return (
    <>
      <Button
        size="sm"
        variant="default"
        leftSection={<IconDownload size={14} aria-hidden />}
        loading={download.isPending}
        onClick={() => {
          download.mutate();
        }}
      >
        Diagnosis
      </Button>
      {download.error && <ProblemAlert error={download.error} />}
    </>
  );
}
