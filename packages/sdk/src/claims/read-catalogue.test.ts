import { expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { catalogueFrom } from './read-catalogue.ts';

const specifications = openSpecifications();
const read = (text: string) => catalogueFrom([{ path: 'x', bytes: Buffer.from(text) }], specifications);

test('a CSV from Excel is read with its byte order mark, semicolons and closed rows', () => {
  const lookup = read(
    '\uFEFFMA_THUOC;TEN_THUOC;DON_GIA;TU_NGAY;DEN_NGAY\r\n99.1;A;1000;20250101;20250630\r\n99.1;A;1100;20250701;\r\n',
  );
  expect(lookup.has('03/DM')).toBe(true);
  expect(lookup.has('05/DM')).toBe(false);
  expect(lookup.find('03/DM', '99.1').map((item) => item['DON_GIA'])).toEqual(['1000', '1100']);
  expect(lookup.find('03/DM', '99.2')).toEqual([]);
});

test('the catalogue as sent is read from its XML', () => {
  const lookup = read(
    '<HSDANHMUC><DANHSACH_DMTHUOCMAUCHEPHAMMAU Id="x"><DMTHUOCMAUCHEPHAMMAU><STT>1</STT><MA_THUOC>99.1</MA_THUOC><TEN_THUOC>A &amp; B</TEN_THUOC></DMTHUOCMAUCHEPHAMMAU></DANHSACH_DMTHUOCMAUCHEPHAMMAU><CHUKYDONVI/></HSDANHMUC>',
  );
  expect(lookup.find('03/DM', '99.1')).toEqual([{ STT: '1', MA_THUOC: '99.1', TEN_THUOC: 'A & B' }]);
});

test('N-55: one item twice for the same days is refused with both rows', () => {
  expect(() => read('MA_THUOC,TU_NGAY,DEN_NGAY\n99.1,20250101,\n99.1,20250601,\n')).toThrow(
    /99\.1 in row 3 overlaps x:2/,
  );
});

test('columns of no catalogue are refused', () => {
  expect(() => read('A,B\n1,2\n')).toThrow(/none of the catalogues/);
});
