import { XmlError } from '@bhxh/xml';
import { expect, it } from 'vitest';
import { readClaimFile, readFirstKey } from './read-claim-file.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const part = (kind: string, content: string): string =>
  `<FILEHOSO><LOAIHOSO>${kind}</LOAIHOSO><NOIDUNGFILE>${content}</NOIDUNGFILE></FILEHOSO>`;
const file = (...claims: string[]): Buffer =>
  Buffer.from(
    `<GIAMDINHHS><THONGTINDONVI><MACSKCB>99001</MACSKCB></THONGTINDONVI><THONGTINHOSO><DANHSACHHOSO>${claims
      .map((claim) => `<HOSO>${claim}</HOSO>`)
      .join('')}</DANHSACHHOSO></THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>`,
  );
const summary =
  '<TONG_HOP><MA_LK> LK1 </MA_LK><HO_TEN><![CDATA[A & B]]></HO_TEN><T_BHTT>12.5</T_BHTT></TONG_HOP>';
const lines =
  '<CHITIEU_CHITIET_THUOC><DSACH_CHI_TIET_THUOC><CHI_TIET_THUOC><STT>1</STT><T_BHTT>1</T_BHTT></CHI_TIET_THUOC>' +
  '<CHI_TIET_THUOC><STT>2</STT><T_BHTT/></CHI_TIET_THUOC></DSACH_CHI_TIET_THUOC></CHITIEU_CHITIET_THUOC>';

it('reads base64 and plain contents alike', () => {
  for (const contents of [(text: string): string => base64(text), (text: string): string => text]) {
    const read = readClaimFile(file(part('XML1', contents(summary)) + part('XML2', contents(lines))));
    expect(read.facility).toBe('99001');
    expect(read.claims[0]!.summary?.get('HO_TEN')).toBe('A & B');
    expect(read.claims[0]!.tables.get('XML2')!.map((row) => Object.fromEntries(row))).toEqual([
      { STT: '1', T_BHTT: '1' },
      { STT: '2', T_BHTT: '' },
    ]);
  }
});

it('keeps claims apart, and leaves out contents that are empty', () => {
  const read = readClaimFile(
    file(part('XML1', base64(summary)), `${part('XML1', '')}${part('XML2', base64(lines))}`),
  );
  expect(read.claims.map(({ summary: row }) => row?.get('MA_LK'))).toEqual(['LK1', undefined]);
});

it('finds MA_LK without reading more than the summary', () => {
  expect(readFirstKey(file(part('XML2', base64('<broken')) + part('XML1', base64(summary))))).toBe('LK1');
  expect(readFirstKey(file(part('XML2', base64(lines))))).toBeUndefined();
  expect(readFirstKey(file(part('XML1', base64('<TONG_HOP><MA_LK/></TONG_HOP>'))))).toBeUndefined();
});

it('throws XmlError for what is not XML', () => {
  expect(() => readClaimFile(Buffer.from('<GIAMDINHHS>'))).toThrow(XmlError);
  expect(() => readClaimFile(file(part('XML1', base64('not xml'))))).toThrow(XmlError);
});
