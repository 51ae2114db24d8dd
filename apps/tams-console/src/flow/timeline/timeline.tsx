import { useElementSize, useMergedRef } from '@mantine/hooks';
import { type PointerEvent, type ReactElement, useEffect, useRef } from 'react';
import { writeMoment } from '../../time/clock';
import { drawMiniature, drawTimeline, heightOf, LANE, paletteOf, type Picture } from './draw';
import type { Lane, SegmentMark } from './lanes';
import styles from './timeline.module.css';
import { lengthOf, momentAt, moved, type Stretch, within, zoomed } from './window';

interface TimelineProperties extends Picture {
  /** All there is. */
  readonly extent: Stretch;
  /** Lanes with the runs of the whole extent, for the miniature. */
  readonly overview: readonly Lane[];
  readonly onShow: (shown: Stretch) => void;
  readonly onSeek: (moment: bigint) => void;
  readonly onSelect: (flowId: string, segment: SegmentMark) => void;
}

const MINIATURE = 30;
/** How far a pointer may move and still have clicked, in pixels. */
const CLICK = 4;

/** A canvas as sharp as the screen, drawn again when anything changes. */
function useDrawing(
  draw: (context: CanvasRenderingContext2D, width: number) => void,
  width: number,
  height: number,
): React.RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || width === 0) return undefined;
    const frame = requestAnimationFrame(() => {
      const scale = devicePixelRatio;
      element.width = Math.round(width * scale);
      element.height = Math.round(height * scale);
      context.setTransform(scale, 0, 0, scale, 0, 0);
      draw(context, width);
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  });
  return canvas;
}

/** What happens to a timeline by pointer and wheel. */
function useGestures({ shown, extent, lanes, onShow, onSeek, onSelect }: TimelineProperties, width: number) {
  const drag = useRef<{ x: number; shown: Stretch; moved: boolean } | undefined>(undefined);
  const surface = useRef<HTMLDivElement>(null);
  const latest = useRef({ shown, extent, onShow, width });
  useEffect(() => {
    latest.current = { shown, extent, onShow, width };
  });
  useEffect(() => {
    const element = surface.current;
    // React listens to wheels passively, and the page must not scroll while the timeline does.
    const turn = (event: WheelEvent): void => {
      const { shown: now, extent: whole, onShow: show, width: wide } = latest.current;
      if (!event.ctrlKey && !event.metaKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY) && !event.altKey) return;
      event.preventDefault();
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const x = event.clientX - (element?.getBoundingClientRect().left ?? 0);
      if (sideways) show(moved(now, BigInt(Math.round((event.deltaX / wide) * Number(lengthOf(now)))), whole));
      else show(zoomed(now, momentAt(x, now, wide), Math.exp(event.deltaY / 300), whole));
    };
    element?.addEventListener('wheel', turn, { passive: false });
    return () => element?.removeEventListener('wheel', turn);
  }, []);
  const positionOf = (event: PointerEvent): { x: number; y: number } => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLDivElement>): void => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      drag.current = { x: positionOf(event).x, shown, moved: false };
    },
    onPointerMove: (event: PointerEvent<HTMLDivElement>): void => {
      const begun = drag.current;
      if (!begun) return;
      const by = begun.x - positionOf(event).x;
      if (!begun.moved && Math.abs(by) < CLICK) return;
      begun.moved = true;
      onShow(moved(begun.shown, BigInt(Math.round((by / width) * Number(lengthOf(begun.shown)))), extent));
    },
    onPointerUp: (event: PointerEvent<HTMLDivElement>): void => {
      const begun = drag.current;
      drag.current = undefined;
      if (!begun || begun.moved) return;
      const { x, y } = positionOf(event);
      const moment = momentAt(x, shown, width);
      onSeek(moment);
      const lane = lanes[Math.floor(y / LANE)];
      const segment = lane?.segments?.find(({ start, end }) => start <= moment && moment < end);
      if (lane && segment) onSelect(lane.flowId, segment);
    },
    onPointerCancel: (): void => {
      drag.current = undefined;
    },
  };
  return { surface, handlers };
}

/** The media of a Flow on its clock: the whole as a miniature, a part of it with a lane for each essence. */
export function Timeline(properties: TimelineProperties): ReactElement {
  const { lanes, shown, extent, overview, playhead, mode, rate, onShow } = properties;
  const { ref: sizeRef, width } = useElementSize<HTMLDivElement>();
  const height = heightOf(lanes.length);
  const canvas = useDrawing(
    (context, wide) => {
      drawTimeline(context, wide, properties, paletteOf(context.canvas));
    },
    width,
    height,
  );
  const miniature = useDrawing(
    (context, wide) => {
      const size = { width: wide, height: MINIATURE };
      drawMiniature(context, size, extent, { ...properties, lanes: overview }, paletteOf(context.canvas));
    },
    width,
    MINIATURE,
  );
  const { surface, handlers } = useGestures(properties, width);
  const surfaceRef = useMergedRef(surface, sizeRef);
  const centre = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.buttons !== 1) return;
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const half = lengthOf(shown) / 2n;
    const middle = momentAt(x, extent, width);
    onShow(within({ start: middle - half, end: middle + half }, extent));
  };
  const position = playhead ?? shown.start;
  return (
    <div className={styles['timeline']}>
      <div className={styles['miniature']} onPointerDown={centre} onPointerMove={centre} aria-hidden>
        <canvas ref={miniature} className={styles['canvas']} style={{ height: MINIATURE }} />
      </div>
      <div
        ref={surfaceRef}
        className={styles['lanes']}
        role="slider"
        tabIndex={0}
        aria-label={`Position on the timeline of ${lanes.map(({ label }) => label).join(', ')}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round((Number(position - extent.start) / Number(lengthOf(extent))) * 100)}
        aria-valuetext={writeMoment(position, mode, rate)}
        {...handlers}
      >
        <canvas ref={canvas} className={styles['canvas']} style={{ height }} />
      </div>
    </div>
  );
}
