import { createHmac } from 'node:crypto';

/**
 * Headers that identify and sign a message, as Standard Webhooks (standardwebhooks.com) defines them: `webhook-id` stays the
 * same however often a message is sent, and the signature is HMAC-SHA256 over id, time and the body as it is.
 * @param time seconds since 1970
 * @param key the webhook's `api_key_value`; a webhook without one has unsigned messages
 */
export function identityHeaders(
  id: string,
  time: number,
  body: Buffer,
  key: string | undefined,
): Record<string, string> {
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(time) };
  if (key === undefined) return headers;
  const digest = createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${digest}` };
}
