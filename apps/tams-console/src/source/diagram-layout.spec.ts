import { BOX, layOut } from './diagram-layout';

describe('the layout of Sources and Flows', () => {
  const own = { id: 'programme', flowIds: ['multi'] };
  const collected = [
    { id: 'picture', flowIds: ['high', 'low'] },
    { id: 'sound', flowIds: [] },
  ];

  it('places every Source and Flow once, and none over another', () => {
    const { boxes, width, height } = layOut(own, collected);
    expect(boxes.map(({ id }) => id)).toEqual(['programme', 'multi', 'picture', 'high', 'low', 'sound']);
    for (const [index, box] of boxes.entries()) {
      expect(box.x + BOX.width).toBeLessThanOrEqual(width);
      expect(box.y + BOX.height).toBeLessThanOrEqual(height);
      for (const other of boxes.slice(index + 1)) {
        const apart = Math.abs(box.x - other.x) >= BOX.width || Math.abs(box.y - other.y) >= BOX.height;
        expect([box.id, other.id, apart]).toEqual([box.id, other.id, true]);
      }
    }
  });

  it('draws a line for each Flow that represents, and one for each Source that is collected', () => {
    const { lines } = layOut(own, collected);
    expect(lines.filter(({ kind }) => kind === 'represents')).toHaveLength(3);
    expect(lines.filter(({ kind }) => kind === 'collects')).toHaveLength(2);
  });
});
