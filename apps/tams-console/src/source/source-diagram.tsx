import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { FlowOverview } from '../api/models';
import { formatName } from '../parts/format';
import { BOX, type Box, layOut } from './diagram-layout';
import styles from './source.module.css';
import type { RepresentedSource } from './use-source';

interface DiagramProperties {
  readonly own: RepresentedSource;
  readonly collected: readonly RepresentedSource[];
}

/** Which Flows represent a Source, and what it collects; every box leads there. */
export function SourceDiagram({ own, collected }: DiagramProperties): ReactElement {
  const all = [own, ...collected];
  const { width, height, boxes, lines } = layOut(diagramSource(own), collected.map(diagramSource));
  return (
    <div
      className={styles['diagram']}
      tabIndex={0}
      role="region"
      aria-label="Sources and the Flows that represent them"
    >
      <div style={{ position: 'relative', width, height }}>
        <svg width={width} height={height} aria-hidden>
          {lines.map(({ kind, points }) => (
            <polyline key={points.join(' ')} points={points.join(' ')} className={styles[kind]} />
          ))}
        </svg>
        {boxes.map((box) =>
          box.kind === 'source' ? (
            <SourceBox
              key={box.id}
              box={box}
              of={all.find(({ id }) => id === box.id) ?? own}
              isOwn={box.id === own.id}
            />
          ) : (
            <FlowBox key={box.id} box={box} flow={all.flatMap(({ flows }) => flows).find(({ id }) => id === box.id)} />
          ),
        )}
      </div>
    </div>
  );
}

function diagramSource({ id, flows }: RepresentedSource): { id: string; flowIds: string[] } {
  return { id, flowIds: flows.map((flow) => flow.id) };
}

interface SourceBoxProperties {
  readonly box: Box;
  readonly of: RepresentedSource;
  readonly isOwn: boolean;
}

function SourceBox({ box, of, isOwn }: SourceBoxProperties): ReactElement {
  const { source, role } = of;
  const kind = ['Source', source && formatName(source.format), role].filter(Boolean).join(' · ');
  return (
    <Link
      href={`/sources/${box.id}`}
      className={`${styles['box']} ${styles['sourceBox']}`}
      style={placeOf(box)}
      aria-current={isOwn ? 'page' : undefined}
    >
      <strong className="clip">{source?.label ?? source?.description ?? box.id}</strong>
      <small className="clip">{kind}</small>
    </Link>
  );
}

function FlowBox({ box, flow }: { readonly box: Box; readonly flow: FlowOverview | undefined }): ReactElement {
  return (
    <Link href={`/flows/${box.id}`} className={`${styles['box']} ${styles['flowBox']}`} style={placeOf(box)}>
      <strong className="clip">{flow?.label ?? flow?.description ?? box.id}</strong>
      <small className="clip">{['Flow', flow?.summary || formatName(flow?.format ?? '')].join(' · ')}</small>
    </Link>
  );
}

function placeOf({ x, y }: Box): { left: number; top: number; width: number; height: number } {
  return { left: x, top: y, ...BOX };
}
