const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes for people, in powers of 1000: `1.2 GB`. */
export function writeBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit] ?? 'B'}`;
}

/** Whole numbers with narrow spaces between thousands. */
export function writeCount(count: number): string {
  return count.toLocaleString('en').replaceAll(',', '\u202f');
}
