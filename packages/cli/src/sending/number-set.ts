/** Which numbers were met, at a bit each: a hundred thousand of them need as much as one. */
export interface NumberSet {
  add(number: number): void;
  has(number: number): boolean;
}

const pageSize = 1 << 16;

/** For whole numbers from 0 on; they may lie far apart, but cost least where they lie together. */
export function createNumberSet(): NumberSet {
  const pages = new Map<number, Uint8Array>();
  return {
    add(number) {
      const key = Math.floor(number / pageSize);
      let page = pages.get(key);
      if (page === undefined) pages.set(key, (page = new Uint8Array(pageSize / 8)));
      const at = number % pageSize;
      page[at >> 3]! |= 1 << (at & 7);
    },
    has(number) {
      const at = number % pageSize;
      const byte = pages.get(Math.floor(number / pageSize))?.[at >> 3] ?? 0;
      return (byte & (1 << (at & 7))) !== 0;
    },
  };
}
