/** What the diagram places: a Source and how many Flows it has. */
export interface DiagramSource {
  readonly id: string;
  readonly flowIds: readonly string[];
}

/** A box of the diagram, in pixels. */
export interface Box {
  readonly id: string;
  readonly kind: 'source' | 'flow';
  readonly x: number;
  readonly y: number;
}

/** A line of the diagram between two boxes. */
export interface Line {
  readonly kind: 'collects' | 'represents';
  readonly points: readonly (readonly [number, number])[];
}

/** Where everything goes. */
export interface DiagramLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
}

/** Size of a box. */
export const BOX = { width: 230, height: 46 };
const GAP = 14;
const INDENT = 36;
const BETWEEN = 90;
const EDGE = 2;

/**
 * Places a Source at the top left, those it collects below it and further in, and beside each Source the Flows that
 * represent it.
 */
export function layOut(own: DiagramSource, collected: readonly DiagramSource[]): DiagramLayout {
  const boxes: Box[] = [];
  const lines: Line[] = [];
  const flowX = EDGE + INDENT + BOX.width + BETWEEN;
  let y = EDGE;
  const place = (source: DiagramSource, x: number): number => {
    const top = y;
    boxes.push({ id: source.id, kind: 'source', x, y: top });
    for (const [index, id] of source.flowIds.entries()) {
      const flowY = top + index * (BOX.height + GAP);
      boxes.push({ id, kind: 'flow', x: flowX, y: flowY });
      const [from, to, middle] = [top + BOX.height / 2, flowY + BOX.height / 2, flowX - BETWEEN / 2];
      lines.push({ kind: 'represents', points: [[x + BOX.width, from], [middle, from], [middle, to], [flowX, to]] }); // prettier-ignore
    }
    y += Math.max(1, source.flowIds.length) * (BOX.height + GAP);
    return top + BOX.height / 2;
  };
  place(own, EDGE);
  const trunk = EDGE + INDENT / 2;
  for (const source of collected) {
    const middle = place(source, EDGE + INDENT);
    lines.push({ kind: 'collects', points: [[trunk, EDGE + BOX.height], [trunk, middle], [EDGE + INDENT, middle]] }); // prettier-ignore
  }
  return { width: flowX + BOX.width + EDGE, height: y - GAP + EDGE, boxes, lines };
}
