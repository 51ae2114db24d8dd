import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseServerAccount } from '../../../libs/embedded-postgres/src/server-account';
import { postgresDirectories } from '../../stack/debian-programs';
import { eventually } from '../../support/eventually';
import { ETCD, startEtcd } from './etcd';
import { Network, whyNoNetworks } from './network';
import { PATRONI, PatroniMember } from './patroni-member';

const NAMES = ['one', 'two', 'three'];
const [POSTGRES = ''] = postgresDirectories();

/** How a primary comes to its end. */
export const failures = ['killed', 'paused', 'cut off', 'switched over'] as const;
export type Failure = (typeof failures)[number];

/** `describe`, skipped with the reason in its name where Patroni cannot be had. */
export function describeWithPatroni(name: string, tests: () => void): void {
  const programs = { Patroni: PATRONI, etcd: ETCD, "Debian's PostgreSQL": POSTGRES };
  const missing = Object.entries(programs).flatMap(([program, path]) => (existsSync(path) ? [] : [program]));
  const reason = missing.length > 0 ? `there is no ${missing.join(', no ')}` : whyNoNetworks();
  if (reason === undefined) describe(name, tests);
  else describe.skip(`${name} (skipped: ${reason})`, tests);
}

/**
 * Three machines with Patroni and Debian's PostgreSQL, replicating synchronously, and three with etcd. Patroni alone decides who is the
 * primary.
 */
export class PatroniCluster {
  private members: PatroniMember[] = [];
  private primary: PatroniMember | undefined;
  private lost: { readonly member: PatroniMember; readonly how: Failure } | undefined;
  private readonly password = randomUUID();
  private directory = '';

  private constructor(private readonly network: Network) {}

  static async start(): Promise<PatroniCluster> {
    const cluster = new PatroniCluster(await Network.create());
    try {
      await cluster.open();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** URL of the server's database at all three. */
  get url(): string {
    const hosts = this.members.map(({ machine }) => `${machine.address}:5432`).join(',');
    return `postgres://tams:${this.password}@${hosts}/tams?target_session_attrs=read-write`;
  }

  /** Runs a statement on the present primary, in the server's database. */
  query(statement: string): Promise<Record<string, unknown>[]> {
    return this.known.query(statement);
  }

  /** Takes the primary away. @returns once Patroni has made another one */
  async fail(how: Failure): Promise<void> {
    const member = this.known;
    this.lost = { member, how };
    if (how === 'killed') await member.machine.kill();
    else if (how === 'paused') await member.machine.pause();
    else if (how === 'cut off') await member.machine.cutOff();
    else await member.switchOver();
    await this.findPrimary(this.members.filter((one) => one !== member));
  }

  /** Brings back the machine that was lost, and waits until the primary has two standbys again, one of them synchronous. */
  async rejoin(): Promise<void> {
    const { lost } = this;
    if (lost?.how === 'killed') lost.member.start();
    if (lost?.how === 'paused') await lost.member.machine.resume();
    if (lost?.how === 'cut off') await lost.member.machine.mend();
    this.lost = undefined;
    await this.isWhole();
  }

  /** Waits until the server has no session on members that are not the primary, however they came back. */
  async hasNoSessionsElsewhere(): Promise<void> {
    const others = this.members.filter((member) => member !== this.primary);
    const sessions = `SELECT pid FROM pg_stat_activity WHERE application_name = 'tams-api'`;
    await eventually(
      () => Promise.all(others.map((member) => member.query(sessions).catch(() => 'does not answer'))),
      (answers) => answers.every((rows) => rows.length === 0),
      { what: 'the server has no session but on the primary', every: 200, atMost: 120_000 },
    );
  }

  async stop(): Promise<void> {
    await this.network.remove();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** What each member said last. */
  get output(): string {
    return this.members.map(({ name, machine }) => `${name}:\n${machine.output.slice(-3000)}`).join('\n');
  }

  private get known(): PatroniMember {
    if (!this.primary) throw new Error('The cluster has no primary.');
    return this.primary;
  }

  private async open(): Promise<void> {
    this.directory = await mkdtemp(join(tmpdir(), 'tams-patroni-'));
    await chmod(this.directory, 0o711);
    const account = chooseServerAccount(join(this.directory, 'none'));
    const etcd = [await this.network.addMachine(), await this.network.addMachine(), await this.network.addMachine()];
    startEtcd(etcd, this.directory);
    const machines = [];
    for (const name of NAMES) machines.push({ name, machine: await this.network.addMachine() });
    const plan = {
      directory: this.directory,
      binDirectory: POSTGRES,
      etcd: etcd.map(({ address }) => address),
      password: this.password,
    };
    this.members = machines.map(({ name, machine }) => new PatroniMember(name, machine, plan, account));
    for (const member of this.members) await member.prepare();
    for (const member of this.members) member.start();
    await this.findPrimary(this.members);
    await this.known.query(`CREATE ROLE tams LOGIN PASSWORD '${this.password}'`, 'postgres');
    await this.known.query('CREATE DATABASE tams OWNER tams', 'postgres');
    await this.isWhole();
  }

  private async findPrimary(among: readonly PatroniMember[]): Promise<void> {
    const found = await eventually(
      async () => {
        const answers = await Promise.all(among.map((member) => member.isPrimary()));
        return among.find((_, index) => answers[index]);
      },
      (member) => member !== undefined,
      { what: 'Patroni has a primary', atMost: 120_000 },
    ).catch((error: unknown) => {
      throw new Error(`No member became the primary. They said:\n${this.output}`, { cause: error });
    });
    this.primary = found;
  }

  /** Waits until the primary has two standbys, one of them synchronous. Patroni may have chosen another primary meanwhile. */
  private async isWhole(): Promise<void> {
    const standbys = `SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'`;
    await eventually(
      async () => {
        await this.findPrimary(this.members);
        return this.known.query(standbys).catch(() => []);
      },
      (rows) => rows.length === NAMES.length - 1 && rows.some((row) => row['sync_state'] === 'sync'),
      { what: 'the primary has two standbys, one of them synchronous', every: 200, atMost: 120_000 },
    ).catch((error: unknown) => {
      throw new Error(`A member did not come back. They said:\n${this.output}`, { cause: error });
    });
  }
}
