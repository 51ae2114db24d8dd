import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { eventually } from '../../support/eventually';
import { isAlive } from '../../support/processes';

const run = promisify(execFile);
const PROGRAM = '/usr/sbin/ip';
/** Most characters that are kept of what a machine's processes said. */
const LONGEST_OUTPUT = 10_000;

/** Why this machine lets us make no network of our own; undefined where it does. */
export function whyNoNetworks(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  if (!existsSync(PROGRAM)) return `there is no ${PROGRAM} (Debian's package iproute2)`;
  const name = `tams-try-${process.pid}`;
  try {
    execFileSync(PROGRAM, ['netns', 'add', name], { stdio: 'ignore' });
    execFileSync(PROGRAM, ['netns', 'del', name], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'this machine allows no network namespaces';
  }
}

/** A network of this test's own: a bridge of the kernel, with machines (network namespaces) that this process can reach. */
export class Network {
  private readonly machines: Machine[] = [];

  private constructor(
    private readonly bridge: string,
    private readonly prefix: string,
  ) {}

  static async create(): Promise<Network> {
    // The range that is set aside for tests of networks (RFC 2544).
    const network = new Network(`tams${process.pid}`, `198.18.${process.pid % 256}`);
    await ip('link', 'add', network.bridge, 'type', 'bridge');
    await ip('address', 'add', `${network.prefix}.254/24`, 'dev', network.bridge);
    await ip('link', 'set', network.bridge, 'up');
    return network;
  }

  /** Address of this process in it. */
  get ownAddress(): string {
    return `${this.prefix}.254`;
  }

  /** Another machine, with the next address. */
  async addMachine(): Promise<Machine> {
    const number = this.machines.length + 1;
    const machine = new Machine(`${this.bridge}-${number}`, `${this.prefix}.${number}`);
    this.machines.push(machine);
    await machine.join(this.bridge, this.ownAddress);
    return machine;
  }

  async remove(): Promise<void> {
    for (const machine of this.machines) await machine.remove();
    await ip('link', 'del', this.bridge);
  }
}

/** A machine as far as the network can tell: its processes have one address, and can be lost together. */
export class Machine {
  private said = '';

  /** @param name of the namespace, and of its cable's end at the bridge */
  constructor(
    private readonly name: string,
    readonly address: string,
  ) {}

  /** Command that starts another on it. */
  get launcher(): readonly string[] {
    return [PROGRAM, 'netns', 'exec', this.name];
  }

  /** Starts a program on it. Whatever it starts in turn is on this machine too. */
  spawn(
    program: readonly string[],
    options: { readonly env: NodeJS.ProcessEnv; readonly account?: { readonly uid: number; readonly gid: number } },
  ): ChildProcess {
    const { account, env } = options;
    const as = account ? ['setpriv', `--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'] : [];
    const [command = '', ...parameters] = [...this.launcher, ...as, ...program];
    const child = spawn(command, parameters, {
      cwd: '/',
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (text: Buffer): void => {
      this.said = (this.said + text.toString()).slice(-LONGEST_OUTPUT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    return child;
  }

  /** What its processes said last. */
  get output(): string {
    return this.said;
  }

  /** Stops the clock of all its processes: its connections stay, it answers nothing. */
  pause(): Promise<void> {
    return this.signal('SIGSTOP');
  }

  resume(): Promise<void> {
    return this.signal('SIGCONT');
  }

  /** Ends all its processes at once. */
  async kill(): Promise<void> {
    await eventually(
      async () => {
        await this.signal('SIGKILL');
        return this.processes();
      },
      (left) => left.length === 0,
      { what: `every process of ${this.name} has ended`, atMost: 30_000 },
    );
  }

  /** Takes it off the network: nothing passes, and nobody is told. */
  async cutOff(): Promise<void> {
    await ip('link', 'set', this.name, 'down');
  }

  async mend(): Promise<void> {
    await ip('link', 'set', this.name, 'up');
  }

  /** Makes it, at the end of a cable to a bridge. */
  async join(bridge: string, gateway: string): Promise<void> {
    const inside = (...words: string[]): Promise<unknown> => ip('-n', this.name, ...words);
    await ip('netns', 'add', this.name);
    await ip('link', 'add', this.name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.name);
    await ip('link', 'set', this.name, 'master', bridge, 'up');
    await inside('address', 'add', `${this.address}/24`, 'dev', 'eth0');
    await inside('link', 'set', 'lo', 'up');
    await inside('link', 'set', 'eth0', 'up');
    await inside('route', 'add', 'default', 'via', gateway);
  }

  async remove(): Promise<void> {
    await this.kill();
    // Its end of the cable goes with it.
    await ip('netns', 'del', this.name);
  }

  private async signal(signal: NodeJS.Signals): Promise<void> {
    for (const pid of await this.processes()) if (isAlive(pid)) process.kill(pid, signal);
  }

  private async processes(): Promise<number[]> {
    const { stdout } = await run(PROGRAM, ['netns', 'pids', this.name]);
    return stdout.split('\n').filter(Boolean).map(Number);
  }
}

async function ip(...words: string[]): Promise<void> {
  await run(PROGRAM, words);
}
