import type { FastifyReply } from 'fastify';
import { Page } from '../paging/page';
import { holdUntilSent } from '../paging/page-memory';
import { pagingHeaders } from '../paging/paging-headers';
import { Answer } from './answer';
import { baseUrlOf } from './base-url';
import { JsonText } from './json-text';

/**
 * What is sent for what a handler returned: sets the status and headers of an {@link Answer} and the paging headers of a
 * {@link Page} on the reply. Handlers stay expressions.
 */
export function answerBody(result: unknown, reply: FastifyReply): unknown {
  if (result instanceof Page) {
    const { request } = reply;
    void reply.headers(pagingHeaders(result, baseUrlOf(request), request.url));
    return pageBody(result, reply);
  }
  if (result instanceof Answer) {
    void reply.status(result.status).headers(result.headers);
    return result.body;
  }
  // A bare JSON text, number or boolean is a whole body here ("label", 5000, true); Fastify would send it as plain text.
  if (typeof result === 'string' || typeof result === 'number' || typeof result === 'boolean') {
    return jsonBody(JSON.stringify(result), reply);
  }
  return result;
}

/** A listing is written item by item, outside the heap when it is long, and counted until its client has taken it. */
function pageBody(page: Page<unknown, unknown>, reply: FastifyReply): unknown {
  const { body, items } = page;
  const isListing = body === items;
  if (!isListing && !(body instanceof JsonText)) return body;
  const { content } = isListing ? JsonText.array(written(items)) : (body as JsonText);
  if (typeof content !== 'string') holdUntilSent(content.length, (release) => reply.raw.once('close', release));
  return jsonBody(content, reply);
}

/** Items that are written with one call. */
const ITEMS_AT_A_TIME = 16;

/** The items of a listing as JSON texts, several in one, with commas between them. */
function written(items: readonly unknown[]): string[] {
  const texts: string[] = [];
  for (let index = 0; index < items.length; index += ITEMS_AT_A_TIME)
    texts.push(JSON.stringify(items.slice(index, index + ITEMS_AT_A_TIME)).slice(1, -1));
  return texts;
}

function jsonBody(content: string | Buffer, reply: FastifyReply): string | Buffer {
  void reply.type('application/json; charset=utf-8');
  return content;
}
