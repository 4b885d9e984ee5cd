import { expect, test } from 'vitest';
import { textTable } from './table.ts';

test('columns stand under their headings, Vietnamese in any normal form', () => {
  const table = textTable(
    ['Mã', 'Tên'],
    [
      ['R030', 'Ngày ra'.normalize('NFD')],
      ['R1', 'x'],
    ],
  );
  expect(table).toBe('Mã    Tên\n────  ───────\nR030  Ngày ra\nR1    x\n');
});
