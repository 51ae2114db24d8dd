import type fc from 'fast-check';
import type { TamsClient, TamsResponse } from '../../contract/tams-client';
import type { StoreModel } from './store-model';

/** The server under test. */
export interface RealStore {
  readonly client: TamsClient;
}

/** One command: the same done to the model and over HTTP, and compared. */
export class Step implements fc.AsyncCommand<StoreModel, RealStore> {
  constructor(
    private readonly title: string,
    private readonly act: (model: StoreModel, client: TamsClient) => Promise<void>,
  ) {}

  check(): boolean {
    return true;
  }

  run(model: StoreModel, { client }: RealStore): Promise<void> {
    return this.act(model, client);
  }

  toString(): string {
    return this.title;
  }
}

/** A step whose only answer is a status. */
export function write(
  title: string,
  expected: (model: StoreModel) => number,
  send: (client: TamsClient) => Promise<TamsResponse<unknown>>,
): Step {
  return new Step(title, async (model, client) => {
    const response = await send(client);
    const status = expected(model);
    if (response.status !== status) throw new Error(`expected ${status}, got ${answerOf(response)}`);
  });
}

function answerOf({ status, body }: TamsResponse<unknown>): string {
  return `${status} ${JSON.stringify(body)}`.slice(0, 600);
}

/** Every item of a listing, page by page. @throws Error when a page that is not the last is not full */
export async function allPages<Item>(
  client: TamsClient,
  path: string,
  query: Readonly<Record<string, string | number | boolean | undefined>>,
): Promise<Item[]> {
  const items: Item[] = [];
  let full = true;
  for await (const page of client.pages<Item[]>(path, { query })) {
    if (page.status !== 200) throw new Error(`expected 200, got ${answerOf(page)}`);
    if (!full) throw new Error('a page that was not the last was not full');
    full = query['limit'] === undefined || page.body.length === query['limit'];
    items.push(...page.body);
  }
  return items;
}
