import { setTimeout as delay } from 'node:timers/promises';

/** What a process holds after a garbage collection, in bytes. */
export interface Memory {
  readonly heap: number;
  /** Buffers and what else V8 knows of outside of its heap. */
  readonly external: number;
  readonly resident: number;
}

/** Collections after one another, so that what only the first one set free goes too, and the pause between them. */
const COLLECTIONS = 3;
const PAUSE_MS = 500;

/** A process of Node that was started with `--inspect`, as the inspector sees it. */
export class InspectedProcess {
  private last = 0;

  private constructor(private readonly socket: WebSocket) {}

  /** @param port of its inspector, on loopback */
  static async attach(port: number): Promise<InspectedProcess> {
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      webSocketDebuggerUrl: string;
    }[];
    const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', reject, { once: true });
    });
    return new InspectedProcess(socket);
  }

  /** Collects garbage first. */
  async memory(): Promise<Memory> {
    for (let collection = 0; collection < COLLECTIONS; collection += 1) {
      await delay(PAUSE_MS);
      await this.call('HeapProfiler.collectGarbage');
    }
    const expression = 'JSON.stringify(process.memoryUsage())';
    const { result } = await this.call<{ result: { value: string } }>('Runtime.evaluate', { expression });
    const { heapUsed, external, rss } = JSON.parse(result.value) as NodeJS.MemoryUsage;
    return { heap: heapUsed, external, resident: rss };
  }

  detach(): void {
    this.socket.close();
  }

  private call<Result>(method: string, params: object = {}): Promise<Result> {
    this.last += 1;
    const id = this.last;
    return new Promise((resolve, reject) => {
      const hear = ({ data }: MessageEvent): void => {
        const answer = JSON.parse(String(data)) as { id?: number; result?: Result; error?: { message: string } };
        if (answer.id !== id) return;
        this.socket.removeEventListener('message', hear);
        if (answer.error) reject(new Error(answer.error.message));
        else resolve(answer.result as Result);
      };
      this.socket.addEventListener('message', hear);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
