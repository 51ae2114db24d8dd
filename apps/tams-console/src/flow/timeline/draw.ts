import { type ClockMode, writeMoment } from '../../time/clock';
import type { FrameRate } from '../../time/timecode';
import { holesOf, type Lane, type SegmentMark } from './lanes';
import { pixelOf, type Stretch, ticksOf } from './window';

/** Height of a lane and of the scale below the lanes, in CSS pixels. */
export const LANE = 46;
const BAR_TOP = 17;
const BAR = 24;
export const SCALE = 24;
/** Space between Segments that are wide enough to have one. */
const EDGE = 1;

/** Everything the timeline shows. */
export interface Picture {
  readonly lanes: readonly Lane[];
  readonly shown: Stretch;
  readonly playhead: bigint | undefined;
  readonly marks: { readonly in: bigint | undefined; readonly out: bigint | undefined };
  readonly selected: SegmentMark | undefined;
  readonly mode: ClockMode;
  readonly rate: FrameRate | undefined;
}

/** Colours, from the page's theme. */
export interface Palette {
  readonly surface: string;
  readonly run: string;
  readonly thin: string;
  readonly edge: string;
  readonly hole: string;
  readonly mark: string;
  readonly head: string;
  readonly text: string;
  readonly line: string;
}

/** Reads the colours of the theme in force. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(`--timeline-${name}`).trim();
  return {
    surface: colour('surface'),
    run: colour('run'),
    thin: colour('thin'),
    edge: colour('edge'),
    hole: colour('hole'),
    mark: colour('mark'),
    head: colour('head'),
    text: colour('text'),
    line: colour('line'),
  };
}

/** Height of the drawing of some lanes, in CSS pixels. */
export function heightOf(lanes: number): number {
  return lanes * LANE + SCALE;
}

/** Draws lanes, scale, marks and playhead. */
export function drawTimeline(
  context: CanvasRenderingContext2D,
  width: number,
  picture: Picture,
  palette: Palette,
): void {
  const { lanes, shown } = picture;
  const height = heightOf(lanes.length);
  context.clearRect(0, 0, width, height);
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, width, height);
  drawScale(context, width, picture, palette);
  lanes.forEach((lane, index) => {
    drawLane(context, width, lane, index * LANE, picture, palette);
  });
  drawMarks(context, width, picture, palette);
  if (picture.playhead !== undefined) {
    const x = Math.round(pixelOf(picture.playhead, shown, width));
    context.fillStyle = palette.head;
    context.fillRect(x - 1, 0, 2, height);
    context.beginPath();
    context.moveTo(x - 6, 0);
    context.lineTo(x + 6, 0);
    context.lineTo(x, 8);
    context.fill();
  }
}

function drawScale(
  context: CanvasRenderingContext2D,
  width: number,
  { lanes, shown, mode, rate }: Picture,
  palette: Palette,
): void {
  const top = lanes.length * LANE;
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  const isDate = mode === 'utc' || mode === 'local' || mode === 'tai';
  for (const tick of ticksOf(shown, width, isDate ? 190 : 120).ticks) {
    const x = Math.round(pixelOf(tick, shown, width));
    context.fillStyle = palette.line;
    context.fillRect(x, 0, 1, top + 6);
    context.fillStyle = palette.text;
    const text = writeMoment(tick, mode, rate);
    context.fillText(mode === 'time' ? text.replace(/\.000$/, '') : text, x + 4, top + SCALE / 2);
  }
}

function drawLane(
  context: CanvasRenderingContext2D,
  width: number,
  lane: Lane,
  top: number,
  picture: Picture,
  palette: Palette,
): void {
  context.font = '600 11px system-ui, sans-serif';
  context.textBaseline = 'top';
  context.fillStyle = palette.text;
  context.fillText(lane.label, 6, top + 3);
  const { shown } = picture;
  const bar = top + BAR_TOP;
  for (const hole of holesOf(lane.runs)) drawHole(context, width, hole, bar, shown, palette);
  if (lane.segments) {
    for (const segment of lane.segments)
      drawSegment(context, clipped(segment, shown, width), bar, segment, isSame(segment, picture.selected), palette);
    return;
  }
  for (const { start, end, density } of lane.runs) {
    const [x, right] = clipped({ start, end }, shown, width);
    if (right <= x) continue;
    context.fillStyle = density < 1 ? palette.thin : palette.run;
    context.fillRect(x, bar, Math.max(1, right - x), BAR);
    if (density >= 1) continue;
    // Holes too short to be seen one by one: the bar is as high as the run is full.
    const full = Math.max(3, BAR * density);
    context.fillStyle = palette.run;
    context.fillRect(x, bar + BAR - full, Math.max(1, right - x), full);
  }
}

function isSame(segment: SegmentMark, other: SegmentMark | undefined): boolean {
  return other !== undefined && other.objectId === segment.objectId && other.start === segment.start;
}

/** Left and right of a stretch in pixels, within the drawing. */
function clipped(stretch: Stretch, shown: Stretch, width: number): [left: number, right: number] {
  const left = Math.max(-2, pixelOf(stretch.start, shown, width));
  const right = Math.min(width + 2, pixelOf(stretch.end, shown, width));
  return [left, right];
}

function drawSegment(
  context: CanvasRenderingContext2D,
  [x, right]: readonly [number, number],
  bar: number,
  segment: SegmentMark,
  selected: boolean,
  palette: Palette,
): void {
  if (right <= x) return;
  const gap = right - x > 4 ? EDGE : 0;
  context.fillStyle = palette.run;
  context.fillRect(x, bar, Math.max(1, right - x - gap), BAR);
  if (right - x > 90) {
    context.save();
    context.beginPath();
    context.rect(x + 4, bar, right - x - 10, BAR);
    context.clip();
    context.fillStyle = palette.edge;
    context.font = '11px ui-monospace, monospace';
    context.textBaseline = 'middle';
    context.fillText(segment.objectId, Math.max(6, x + 6), bar + BAR / 2);
    context.restore();
  }
  if (!selected) return;
  context.strokeStyle = palette.mark;
  context.lineWidth = 3;
  context.strokeRect(x + 1.5, bar + 1.5, Math.max(2, right - x - 3), BAR - 3);
}

/** Hatched, so that it is told from media without colour. */
function drawHole(
  context: CanvasRenderingContext2D,
  width: number,
  hole: Stretch,
  bar: number,
  shown: Stretch,
  palette: Palette,
): void {
  const [x, right] = clipped(hole, shown, width);
  if (right <= x) return;
  context.save();
  context.beginPath();
  context.rect(x, bar, Math.max(1.5, right - x), BAR);
  context.clip();
  context.strokeStyle = palette.hole;
  context.lineWidth = 1.5;
  for (let offset = Math.floor(x) - BAR; offset < right; offset += 7) {
    context.beginPath();
    context.moveTo(offset, bar + BAR);
    context.lineTo(offset + BAR, bar);
    context.stroke();
  }
  context.strokeRect(x, bar, Math.max(1.5, right - x), BAR);
  context.restore();
}

function drawMarks(
  context: CanvasRenderingContext2D,
  width: number,
  { marks, shown, lanes }: Picture,
  palette: Palette,
): void {
  const height = lanes.length * LANE;
  if (marks.in !== undefined && marks.out !== undefined) {
    const [x, right] = clipped({ start: marks.in, end: marks.out }, shown, width);
    context.globalAlpha = 0.22;
    context.fillStyle = palette.mark;
    if (right > x) context.fillRect(x, 0, right - x, height);
    context.globalAlpha = 1;
  }
  context.fillStyle = palette.mark;
  context.font = '700 11px system-ui, sans-serif';
  context.textBaseline = 'top';
  for (const [moment, letter] of [[marks.in, 'I'] as const, [marks.out, 'O'] as const]) {
    if (moment === undefined) continue;
    const x = Math.round(pixelOf(moment, shown, width));
    context.fillRect(x - 1, 0, 2, height);
    context.fillRect(letter === 'I' ? x : x - 13, 0, 13, 14);
    context.fillStyle = palette.surface;
    context.fillText(letter, letter === 'I' ? x + 4 : x - 10, 2);
    context.fillStyle = palette.mark;
  }
}

/** Draws the whole extent small, and the part that is shown as a frame. */
export function drawMiniature(
  context: CanvasRenderingContext2D,
  size: { readonly width: number; readonly height: number },
  whole: Stretch,
  picture: Picture,
  palette: Palette,
): void {
  const { width, height } = size;
  context.clearRect(0, 0, width, height);
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, width, height);
  const each = Math.max(2, Math.floor((height - 8) / Math.max(1, picture.lanes.length)));
  picture.lanes.forEach(({ runs }, index) => {
    for (const run of runs) {
      const [x, right] = clipped(run, whole, width);
      context.fillStyle = run.density < 1 ? palette.thin : palette.run;
      context.fillRect(x, 4 + index * each, Math.max(1, right - x), each - 1);
    }
  });
  const [left, right] = clipped(picture.shown, whole, width);
  context.strokeStyle = palette.mark;
  context.lineWidth = 2;
  context.strokeRect(Math.max(1, left), 1, Math.max(3, Math.min(width - 1, right) - Math.max(1, left)), height - 2);
  if (picture.playhead === undefined) return;
  context.fillStyle = palette.head;
  context.fillRect(Math.round(pixelOf(picture.playhead, whole, width)) - 1, 0, 2, height);
}
