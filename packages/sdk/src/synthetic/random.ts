/** A seeded stream of numbers; the same seed always gives the same stream, on every machine. */
export interface Random {
  /** The next 32 random bits. */
  bits(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** True `share` times in a thousand. */
  perMille(share: number): boolean;
  /** One element of a list that has at least one. */
  pick<T>(list: readonly T[]): T;
  /** One element by its weight, a positive whole number. */
  weighted<T>(list: readonly T[], weightOf: (item: T) => number): T;
  /** A new list in random order. */
  shuffled<T>(list: readonly T[]): T[];
}

const mix = (value: number): number => {
  let z = (value + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
};

/**
 * xoshiro128** seeded through splitmix32. Several seed numbers (a seed and a claim's position, say) give streams that
 * are independent of each other, so that claim 900 is the same whether or not claims 0…899 were made before.
 */
export function createRandom(...seeds: readonly number[]): Random {
  let state = 0x6a09e667;
  for (const seed of seeds) {
    state = mix(state ^ mix(seed | 0));
    state = mix(state ^ mix(Math.floor(seed / 0x1_0000_0000) | 0));
  }
  const word = (): number => {
    state = (state + 0x9e3779b9) | 0;
    return mix(state) | 0;
  };
  let a = word();
  let b = word();
  let c = word();
  let d = word() | 1;

  const bits = (): number => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };

  const below = (limit: number): number => {
    // Values of the last, incomplete stretch are drawn again, so that no result is likelier than another.
    const fair = 0x1_0000_0000 - (0x1_0000_0000 % limit);
    let value = bits();
    while (value >= fair) value = bits();
    return value % limit;
  };

  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new RangeError('nothing to pick from');
    return list[below(list.length)] as T;
  };

  return {
    bits,
    between: (low, high) => low + below(high - low + 1),
    perMille: (share) => below(1000) < share,
    pick,
    weighted: (list, weightOf) => {
      let total = 0;
      for (const item of list) total += weightOf(item);
      let left = below(total);
      for (const item of list) {
        left -= weightOf(item);
        if (left < 0) return item;
      }
      return pick(list);
    },
    shuffled: (list) => {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [copy[i], copy[j]] = [copy[j] as (typeof copy)[number], copy[i] as (typeof copy)[number]];
      }
      return copy;
    },
  };
}
