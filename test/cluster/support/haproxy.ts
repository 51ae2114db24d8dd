import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Child, freePort, startChild } from '../../stack/child';
import { eventually } from '../../support/eventually';

const PROGRAM = process.env['HAPROXY_PATH'] ?? '/usr/sbin/haproxy';
/** The configuration that is shipped. */
const CONFIGURATION = resolve(__dirname, '../../../deploy/haproxy/haproxy.cfg');

/** `describe`, skipped with the reason in its name where there is no HAProxy. */
export function describeWithHaproxy(name: string, tests: () => void): void {
  if (existsSync(PROGRAM)) describe(name, tests);
  else describe.skip(`${name} (skipped: there is no HAProxy at ${PROGRAM}; set HAPROXY_PATH)`, tests);
}

/** How the balancer sees a server: it gets requests; finishes what it has; is not there. */
export type ServerState = 'UP' | 'NOLB' | 'DOWN';

/** A real HAProxy with the configuration that is shipped, in front of three servers. */
export class Haproxy {
  private constructor(
    private readonly child: Child,
    readonly url: string,
    private readonly figuresUrl: string,
  ) {}

  /**
   * @param port where clients find it
   * @param servers URLs of the three servers, `tams-1` to `tams-3`
   */
  static async start(port: number, servers: readonly string[]): Promise<Haproxy> {
    const figures = `127.0.0.1:${await freePort()}`;
    const places = servers.map((url, index) => [`TAMS_SERVER_${index + 1}`, new URL(url).host] as const);
    const child = await startChild({
      program: PROGRAM,
      arguments: ['-f', CONFIGURATION],
      environment: {
        TAMS_LISTEN: `127.0.0.1:${port}`,
        TAMS_BALANCER_LISTEN: figures,
        ...Object.fromEntries(places),
      },
      readyUrl: `http://${figures}/metrics`,
    });
    return new Haproxy(child, `http://127.0.0.1:${port}`, `http://${figures}/metrics`);
  }

  /** Waits until the balancer sees a server so. @param index 0 to 2 */
  async sees(index: number, state: ServerState): Promise<void> {
    await eventually(
      () => this.stateOf(index),
      (seen) => seen === state,
      { what: `the balancer sees tams-${index + 1} ${state}`, atMost: 60_000, every: 50 },
    );
  }

  /** What it has said. */
  get output(): string {
    return this.child.output();
  }

  stop(): Promise<void> {
    return this.child.stop();
  }

  private async stateOf(index: number): Promise<string | undefined> {
    const text = await (await fetch(this.figuresUrl)).text();
    const line = new RegExp(
      `^haproxy_server_status\\{proxy="tams",server="tams-${index + 1}",state="(\\w+)"\\} 1$`,
      'm',
    );
    return line.exec(text)?.[1];
  }
}
