/** A fraction of two positive integers, as the specification writes rates and ratios. */
export interface Ratio {
  numerator: number;
  denominator: number;
}

/** The fraction in lowest terms. */
export function reduced(numerator: number, denominator: number): Ratio {
  let [a, b] = [numerator, denominator];
  while (b !== 0) [a, b] = [b, a % b];
  return { numerator: numerator / a, denominator: denominator / a };
}
