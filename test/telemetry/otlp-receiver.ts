import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it arrived. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  /** OTLP numbers: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  /** OTLP numbers: 0 unset, 2 error. */
  readonly status: { readonly code: number; readonly message: string };
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** Nanoseconds. */
  readonly duration: bigint;
}

/** How the receiver treats those who send: as it should, or as real ones sometimes do. */
export type Behaviour = 'accept' | 'hang' | 'garbage' | 'refuse';

/** A collector for tests: takes OTLP over HTTP and decodes the protobuf it is sent. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly resources: Record<string, unknown>[] = [];
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  /** Everything that was received, for those who look for what must not be there. */
  received = '';
  behaviour: Behaviour = 'accept';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OtlpReceiver> {
    const server = createServer();
    const receiver = new OtlpReceiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        receiver.requests.push({ path: request.url ?? '', headers: request.headers });
        if (receiver.behaviour === 'hang') return;
        if (receiver.behaviour === 'refuse') {
          response.writeHead(400).end('no');
          return;
        }
        if (receiver.behaviour === 'garbage') {
          response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(Buffer.alloc(5_000, 0xff));
          return;
        }
        receiver.take(request.url ?? '', Buffer.concat(chunks));
        response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  /** `host:port`. */
  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get endpoint(): string {
    return `http://${this.address}/v1/traces`;
  }

  /** The spans of one trace. */
  trace(traceId: string): ReceivedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  clear(): void {
    this.spans.length = 0;
    this.received = '';
  }

  /** Behaves from now on; who waits for an answer in vain finds the connection ended and tries again. */
  acceptEverything(): void {
    this.behaviour = 'accept';
    this.server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(path: string, body: Buffer): void {
    this.received += body.toString('latin1');
    if (!path.endsWith('/v1/traces')) return;
    for (const resourceSpans of messages(body, 1)) {
      for (const resource of messages(resourceSpans, 1)) this.resources.push(attributesOf(resource, 1));
      for (const scopeSpans of messages(resourceSpans, 2)) {
        this.spans.push(...messages(scopeSpans, 2).map(spanOf));
      }
    }
  }
}

/** One field of a protobuf message. */
interface Field {
  readonly number: number;
  readonly value: bigint | Buffer;
}

/** Reads the wire format: https://protobuf.dev/programming-guides/encoding/ */
function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let offset = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(offset);
      offset += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (offset < message.length) {
    const tag = Number(varint());
    const number = tag >> 3;
    switch (tag & 7) {
      case 0:
        fields.push({ number, value: varint() });
        break;
      case 1:
        fields.push({ number, value: message.readBigUInt64LE(offset) });
        offset += 8;
        break;
      case 2: {
        const length = Number(varint());
        fields.push({ number, value: message.subarray(offset, offset + length) });
        offset += length;
        break;
      }
      case 5:
        fields.push({ number, value: BigInt(message.readUInt32LE(offset)) });
        offset += 4;
        break;
      default:
        throw new Error(`Not protobuf: wire type ${tag & 7}`);
    }
  }
  return fields;
}

function messages(message: Buffer, number: number): Buffer[] {
  return fieldsOf(message)
    .filter((field) => field.number === number)
    .map((field) => field.value as Buffer);
}

function first(message: Buffer, number: number): bigint | Buffer | undefined {
  return fieldsOf(message).find((field) => field.number === number)?.value;
}

const bytes = (message: Buffer, number: number) => (first(message, number) as Buffer | undefined) ?? Buffer.alloc(0);
const integer = (message: Buffer, number: number) => (first(message, number) as bigint | undefined) ?? 0n;

function attributesOf(message: Buffer, number: number): Record<string, unknown> {
  return Object.fromEntries(
    messages(message, number).map((pair) => [bytes(pair, 1).toString(), valueOf(bytes(pair, 2))]),
  );
}

/** AnyValue of opentelemetry/proto/common/v1/common.proto. */
function valueOf(any: Buffer): unknown {
  const [field] = fieldsOf(any);
  if (field?.number === 1) return (field.value as Buffer).toString();
  if (field?.number === 2) return field.value === 1n;
  if (field?.number === 3) return Number(BigInt.asIntN(64, field.value as bigint));
  if (field?.number === 4) {
    const double = Buffer.alloc(8);
    double.writeBigUInt64LE(field.value as bigint);
    return double.readDoubleLE();
  }
  return field?.number === 5 ? messages(field.value as Buffer, 1).map(valueOf) : undefined;
}

/** Span of opentelemetry/proto/trace/v1/trace.proto. */
function spanOf(span: Buffer): ReceivedSpan {
  const status = bytes(span, 15);
  return {
    traceId: bytes(span, 1).toString('hex'),
    spanId: bytes(span, 2).toString('hex'),
    parentSpanId: bytes(span, 4).toString('hex'),
    name: bytes(span, 5).toString(),
    kind: Number(integer(span, 6)),
    duration: integer(span, 8) - integer(span, 7),
    attributes: attributesOf(span, 9),
    events: messages(span, 11).map((event) => ({
      name: bytes(event, 2).toString(),
      attributes: attributesOf(event, 3),
    })),
    links: messages(span, 13).map((link) => ({
      traceId: bytes(link, 1).toString('hex'),
      spanId: bytes(link, 2).toString('hex'),
    })),
    status: { code: Number(integer(status, 3)), message: bytes(status, 2).toString() },
  };
}
