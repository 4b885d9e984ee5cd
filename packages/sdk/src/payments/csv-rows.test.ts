import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvRows } from './csv-rows.ts';

async function rowsOf(chunks: readonly Uint8Array[]): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const batch of csvRows(chunks)) for (const row of batch) rows.push([...row]);
  return rows;
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

test('rows survive any division into chunks, quotes, line breaks and separators in cells', async () => {
  const cell = fc.stringMatching(/^[a-zđ",;\n 0-9]{0,8}$/u);
  const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom(',', ';', '\t'),
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 1, max: 9 }),
      async (rows, separator, newline, size) => {
        const all = [['a', 'b', 'c'], ...rows];
        const text = all
          .map((row, index) => (index === 0 ? row : row.map(quoted)).join(separator))
          .join(newline);
        const bytes = Buffer.from(`\uFEFF${text}`);
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        expect(await rowsOf(chunks)).toEqual(all);
      },
    ),
    { numRuns: 200 },
  );
});

test('an open quote and another encoding are refused', async () => {
  await expect(rowsOf([Buffer.from('a,b\n"1,2\n3,4')])).rejects.toMatchObject({ code: 'ERR_CSV_QUOTE' });
  await expect(rowsOf([Buffer.from('a,b\n\xff,2', 'latin1')])).rejects.toMatchObject({
    code: 'ERR_CSV_ENCODING',
  });
});
