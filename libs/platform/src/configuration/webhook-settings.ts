import type { Environment } from './configuration.schema';

/** How webhooks are delivered. */
export interface WebhookSettings {
  /** Hosts, addresses and CIDRs webhooks may be sent to although they are not on the public Internet. */
  readonly allowedHosts: readonly string[];
  /** Most webhooks this process delivers to at the same time; 0 leaves delivery to other processes. */
  readonly concurrency: number;
  /** How long a webhook stays with a process that shows no sign of life, in milliseconds. */
  readonly leaseMs: number;
  /** Longest one attempt may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Upper bound of the first pause between attempts, in milliseconds; it doubles each time. */
  readonly firstPauseMs: number;
  /** Longest pause between attempts, in milliseconds. */
  readonly longestPauseMs: number;
  /** How long a webhook may fail without a break before it is stopped, in milliseconds. */
  readonly budgetMs: number;
  /** Most webhooks of one principal; 0 for any number. */
  readonly mostPerPrincipal: number;
  /** How long events and what became of them are kept, in hours. */
  readonly retentionHours: number;
}

/** What a developer's own receivers live at. */
const LOOPBACK = ['localhost', '127.0.0.0/8', '::1'];

/** Reads them from the checked environment. */
export function webhookSettingsFrom(values: Environment): WebhookSettings {
  return {
    allowedHosts: values.WEBHOOK_ALLOWED_HOSTS ?? (values.TAMS_ENV === 'production' ? [] : LOOPBACK),
    concurrency: values.WEBHOOK_CONCURRENCY,
    leaseMs: values.WEBHOOK_LEASE_SECONDS * 1000,
    timeoutMs: values.WEBHOOK_TIMEOUT_SECONDS * 1000,
    firstPauseMs: values.WEBHOOK_RETRY_FIRST_MILLISECONDS,
    longestPauseMs: values.WEBHOOK_RETRY_LONGEST_SECONDS * 1000,
    budgetMs: values.WEBHOOK_RETRY_BUDGET_SECONDS * 1000,
    mostPerPrincipal: values.WEBHOOKS_PER_PRINCIPAL,
    retentionHours: values.WEBHOOK_RETENTION_HOURS,
  };
}
