import { opendirSync } from 'node:fs';

const unitsPerPage = 1 << 16;

/**
 * What a folder holds, by name in order of code units. The names are kept packed in pages instead of as strings, so
 * that a hundred thousand of them need two or three megabytes, and none while they are being listed besides.
 */
export function listFolder(folder: string): Iterable<string> {
  const pages: Uint16Array[] = [];
  let places = new Uint32Array(256);
  let count = 0;
  let free = unitsPerPage;
  const listing = opendirSync(folder, { bufferSize: 256 });
  try {
    for (let entry = listing.readSync(); entry !== null; entry = listing.readSync()) {
      const { name } = entry;
      if (free + name.length >= unitsPerPage) {
        pages.push(new Uint16Array(unitsPerPage));
        free = 0;
      }
      if (count === places.length) {
        const grown = new Uint32Array(count * 2);
        grown.set(places);
        places = grown;
      }
      const page = pages.at(-1)!;
      places[count++] = (pages.length - 1) * unitsPerPage + free;
      page[free++] = name.length;
      for (let at = 0; at < name.length; at++) page[free++] = name.charCodeAt(at);
    }
  } finally {
    listing.closeSync();
  }
  const unitsAt = (place: number): Uint16Array => {
    const page = pages[Math.floor(place / unitsPerPage)]!;
    const at = place % unitsPerPage;
    return page.subarray(at + 1, at + 1 + page[at]!);
  };
  const order = places.subarray(0, count).sort((left, right) => {
    const one = pages[Math.floor(left / unitsPerPage)]!;
    const other = pages[Math.floor(right / unitsPerPage)]!;
    let at = left % unitsPerPage;
    let beside = right % unitsPerPage;
    const length = one[at++]!;
    const otherLength = other[beside++]!;
    const end = at + Math.min(length, otherLength);
    for (; at < end; at++, beside++) {
      const difference = one[at]! - other[beside]!;
      if (difference !== 0) return difference;
    }
    return length - otherLength;
  });
  return {
    *[Symbol.iterator]() {
      for (const place of order) yield String.fromCharCode(...unitsAt(place));
    },
  };
}
