import { type Changes, isAffected, noChanges, withMessage } from './affected';

const FLOW = '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34';
const OTHER = '0d1c2a0e-7f4a-4a39-93f2-8fbb4bf0c0b5';

const after = (...messages: (readonly [type: string, content: object])[]): Changes =>
  messages.reduce(
    (changes, [type, content]) => withMessage(changes, { type, data: JSON.stringify(content) }),
    noChanges,
  );
const affected = (changes: Changes, queryKey: readonly unknown[], data?: unknown, status = 'success'): boolean =>
  isAffected(changes, { queryKey, state: { data, status } });

const added = after(['flows/segments_added', { event: { flow_id: FLOW, segments: [] } }]);

it('what an event says of a Flow concerns that Flow, those that collect it, and listings', () => {
  expect(affected(added, ['flow', FLOW, 'overview'])).toBe(true);
  expect(affected(added, ['flow', FLOW, 'coverage', 'whole', '1'])).toBe(true);
  expect(affected(added, ['library', '', '', '', 'created'])).toBe(true);
  expect(affected(added, ['flow', OTHER, 'overview'], { members: [{ id: FLOW }] })).toBe(true);
  expect(affected(added, ['flow', OTHER, 'overview'], { members: [] })).toBe(false);
  expect(affected(added, ['storage'])).toBe(false);
});

it('what somebody edits is not pulled away, and signed URLs are not signed again', () => {
  expect(affected(added, ['flow', FLOW, 'edit'])).toBe(false);
  expect(affected(added, ['flow', FLOW, 'segment', '[0:0_1:0)'])).toBe(false);
});

it('events with the whole Flow name it too, those of Sources none', () => {
  expect(after(['flows/updated', { event: { flow: { id: FLOW } } }]).flowIds).toEqual(new Set([FLOW]));
  expect(after(['sources/updated', { event: { source: { id: FLOW } } }])).toBe(noChanges);
});

it('a stream that goes on has only what failed read again, a new one and a gap everything', () => {
  const resumed = after(['stream/ready', { resumed: true }]);
  expect(affected(resumed, ['library'])).toBe(false);
  expect(affected(resumed, ['storage'], undefined, 'error')).toBe(true);
  expect(affected(after(['stream/ready', { resumed: false }]), ['flow', OTHER, 'overview'])).toBe(true);
  expect(affected(after(['stream/missed', {}]), ['live', 'stalled'])).toBe(true);
});

it('a thousand Flows are enough to remember', () => {
  const many = Array.from({ length: 1001 }, (_, n) => ['flows/deleted', { event: { flow_id: String(n) } }] as const);
  expect(after(...many)).toEqual({ flowIds: new Set(), everything: true, back: false });
});
