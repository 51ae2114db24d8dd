import type { SigningKeys } from './s3-presigner';

/** Keys that may end. */
export interface ExpiringKeys extends SigningKeys {
  readonly expiration?: Date | undefined;
}

/** Milliseconds between two attempts to get keys. */
const RETRY_MILLISECONDS = 15_000;
/** Keys are renewed this long before URLs signed with them would end too early. */
const MARGIN_MILLISECONDS = 60_000;

/**
 * The keys that URLs are signed with, ready at any moment: signing is synchronous, but the SDK's chain gets and renews
 * keys asynchronously. Temporary keys are renewed in the background, before a URL could outlive them.
 */
export class SigningCredentials {
  private keys: ExpiringKeys | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  /**
   * @param load gets keys, fresh ones
   * @param validitySeconds how long the URLs signed with them are to stay valid
   * @param report hears of every failure
   */
  constructor(
    private readonly load: () => Promise<ExpiringKeys>,
    private readonly validitySeconds: number,
    private readonly report: (error: unknown) => void,
  ) {}

  /** Gets the first keys; never rejects, a failure is reported and tried again. */
  async start(): Promise<void> {
    try {
      const keys = await this.load();
      this.keys = keys;
      this.renewIn(timeUntilRenewal(keys, this.validitySeconds));
    } catch (error) {
      this.report(error);
      this.renewIn(RETRY_MILLISECONDS);
    }
  }

  /** The keys in force; `undefined` when there are none or the last ones have ended. */
  current(): SigningKeys | undefined {
    const { keys } = this;
    return keys?.expiration && keys.expiration.getTime() <= Date.now() ? undefined : keys;
  }

  /** Ends the renewal. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private renewIn(milliseconds: number | undefined): void {
    if (milliseconds === undefined || this.stopped) return;
    this.timer = setTimeout(() => void this.start(), milliseconds).unref();
  }
}

/** @returns milliseconds; `undefined` for keys that last */
function timeUntilRenewal({ expiration }: ExpiringKeys, validitySeconds: number): number | undefined {
  if (!expiration) return undefined;
  const due = expiration.getTime() - Date.now() - validitySeconds * 1000 - MARGIN_MILLISECONDS;
  // A timer cannot wait longer than 2^31 ms, and asking too often would not make keys newer.
  return Math.min(Math.max(due, RETRY_MILLISECONDS), 86_400_000);
}
