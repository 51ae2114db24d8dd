import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { send } from '../api/client';
import { ProblemAlert } from '../parts/problem-alert';
import { apiAddress } from '../session/settings';

/** Downloads all that is known as one archive, to attach to a report. */
export function DiagnoseButton(): ReactElement {
  const download = useMutation({
    mutationFn: async () => {
      const archive = await (await send(new Request(`${apiAddress}/insight/diagnosis`))).blob();
      const link = document.createElement('a');
      link.href = URL.createObjectURL(archive);
      link.download = `tams-diagnosis-${new Date().toISOString().slice(0, 16).replaceAll(/[-:]/g, '')}.tar.gz`;
      link.click();
      URL.revokeObjectURL(link.href);
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
