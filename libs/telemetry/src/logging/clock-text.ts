let second = Number.NaN;
let prefix = '';

/** Now, as RFC 3339 in UTC with milliseconds. All but the milliseconds is written once a second. */
export function nowText(): string {
  const now = Date.now();
  const whole = Math.floor(now / 1000);
  if (whole !== second) {
    second = whole;
    prefix = new Date(whole * 1000).toISOString().slice(0, -4);
  }
  return `${prefix}${String(now - whole * 1000).padStart(3, '0')}Z`;
}
