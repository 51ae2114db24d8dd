import type { ReactElement } from 'react';
import type { FlowOverview } from '../api/models';
import { FormatIcon } from '../parts/format';
import styles from './library.module.css';

/** The picture of a Flow in the library. */
export function Poster({ flow }: { readonly flow: FlowOverview }): ReactElement {
  return (
    <div className={styles['poster']} aria-hidden>
      <FormatIcon format={flow.format} size={24} />
    </div>
  );
}
