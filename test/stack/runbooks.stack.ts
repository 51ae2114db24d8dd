import { poll } from './child';
import { faults, notMade } from './runbook-faults';
import { commandsOf, RunbookWorld } from './runbook-world';
import { shippedIn } from './shipped-files';

const runbooks = shippedIn('docs/runbooks', '.md')
  .map((name) => name.replace(/\.md$/, ''))
  .filter((name) => name !== 'setup');

/** What no step may ever print, fault or not: it would not work as it is written. */
const broken =
  /command not found|unbound variable|syntax error|No such file or directory|npm error|Usage: |"status":"error"|Not allowed|ERROR 42\w{3}/;
/** A figure comes with a refresh of gauges and a scrape; the machine may be slow. */
const PATIENCE_MS = 90_000;

let world: RunbookWorld;
beforeAll(async () => {
  world = await RunbookWorld.start();
}, 300_000);
afterAll(() => world.stop(), 120_000);

it('each runbook has steps to run, and its fault is made or said why not', () => {
  expect(runbooks.filter((name) => commandsOf(name).length === 0)).toEqual([]);
  expect([...Object.keys(faults), ...Object.keys(notMade)].toSorted()).toEqual(runbooks.toSorted());
});

it.each(Object.keys(notMade))('%s: its steps work as they are written', async (name) => {
  expect(await world.confirm(name)).not.toMatch(broken);
});

it.each(Object.entries(faults))(
  '%s: its steps find the cause, and nothing on a healthy server',
  async (name, { make, says, healthyToo, onSmallDisk = false }) => {
    if (onSmallDisk && !world.hasSmallDisk) return;
    const holds = (output: string) =>
      says.map((said) => (typeof said === 'function' ? said(output) : said.test(output)));
    await world.clearLog();
    const healthy = await world.confirm(name);
    expect(healthy.replace(/^cat: .*tams_backup.prom.*$/m, '')).not.toMatch(broken);
    if (healthyToo === undefined) {
      expect({ healthy, all: holds(healthy).every(Boolean) }).toEqual({ healthy, all: false });
    }
    const undo = await make(world);
    let output = '';
    try {
      await poll(`${name} to say it`, PATIENCE_MS, async () => {
        output = await world.confirm(name);
        return holds(output).every(Boolean);
      }).catch((error: unknown) => {
        throw new Error(`${(error as Error).message} It said:\n${output}`, { cause: error });
      });
    } finally {
      await undo();
    }
    expect(output).not.toMatch(broken);
  },
  // The steps run twice at least, and what a fault needs to be made and undone comes on top.
  600_000,
);
