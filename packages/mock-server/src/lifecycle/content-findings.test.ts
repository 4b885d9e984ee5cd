import { openSpecifications } from '@bhxh/sdk/specifications';
import { expect, it } from 'vitest';
import { contentFindings } from './content-findings.ts';

const specifications = openSpecifications();

const rulesOf = (kind: string, form: string, xml: string): string[] =>
  contentFindings(specifications, { kind, form, facility: '99001' }, Buffer.from(xml)).map(
    ({ ruleId }) => ruleId,
  );

const papers = (facility: string, ...kinds: string[]): string =>
  `<HSCHUNGTU><THONGTINDONVI><MACSKCB>${facility}</MACSKCB></THONGTINDONVI><THONGTINHOSO><DANHSACHHOSO><HOSO>${kinds
    .map((kind) => `<FILEHOSO><LOAIHOSO>${kind}</LOAIHOSO><NOIDUNGFILE>YQ==</NOIDUNGFILE></FILEHOSO>`)
    .join('')}</HOSO></DANHSACHHOSO></THONGTINHOSO></HSCHUNGTU>`;

it('takes each paper under its own loaiHs only', () => {
  expect(rulesOf('certificates', '39', papers('99001', 'CT03', 'CT07'))).toEqual([]);
  expect(rulesOf('death-or-birth-paper', '60', papers('99001', 'GIAYBAOTU'))).toEqual([]);
  expect(rulesOf('death-or-birth-paper', '61', papers('99001', 'GIAYCHUNGSINH'))).toEqual([]);
  expect(rulesOf('death-or-birth-paper', '60', papers('99001', 'GIAYCHUNGSINH'))).toEqual(['FORM_CONTENT']);
  expect(rulesOf('certificates', '39', papers('99001', 'CT03', 'GIAYBAOTU'))).toEqual(['FORM_CONTENT']);
});

it('takes nobody else’s papers and check-ins', () => {
  expect(rulesOf('certificates', '39', papers('99002', 'CT03'))).toEqual(['R013']);
  const checkIn = (facility: string): string =>
    `<A><B><C><MA_LK>1</MA_LK><MA_CSKCB>99001</MA_CSKCB></C><C><MA_LK>2</MA_LK><MA_CSKCB>${facility}</MA_CSKCB></C></B><CHUKYDONVI/></A>`;
  expect(rulesOf('check-in', '0', checkIn('99001'))).toEqual([]);
  expect(rulesOf('check-in', '0', checkIn('99002'))).toEqual(['R013']);
});

it('takes each catalogue under its own loaiHs only', () => {
  for (const { list, send } of Object.values(specifications.catalogues())) {
    const xml = `<HSDANHMUC><${list} Id="a"><X/></${list}><CHUKYDONVI/></HSDANHMUC>`;
    expect(rulesOf('catalogue', send?.loaiHs ?? '', xml)).toEqual([]);
    expect(rulesOf('catalogue', '99', xml)).toEqual(['FORM_CONTENT']);
  }
});
