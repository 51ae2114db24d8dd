/** Webhooks as GET /service lists them (schemas/event-stream-common.json). */
export const webhookMechanism = { name: 'webhooks' } as const;
