import { expect, test } from 'vitest';
import { dossierOf, header, newPerson, person } from '../declarations/dossier.fixture.ts';
import { buildDossier } from '../declarations/index.ts';
import type { Dossier } from '../declarations/index.ts';
import { openSpecifications } from '../specifications/index.ts';
import { createValidator } from './index.ts';
import type { FileReport } from './index.ts';

const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const validator = createValidator({ specifications, now: () => new Date('2026-07-10T03:00:00Z') });
const joiner = person(1, { number: '' });
const row = {
  stt: '1',
  pa: 'TM',
  Hoten: joiner.name,
  Ngaysinh: joiner.birth,
  Gioitinh: joiner.sex,
  Cmnd: joiner.identity,
  chucVu: 'Clerk',
  tienLuong: '7000000',
  tuThang: '07/2026',
};
const dossierWith = (own: Record<string, string>, attachments: Dossier['attachments'] = []): Dossier =>
  dossierOf(
    [
      { form: 'D02-TS', header: { ...header, KyKeKhai: '07/2026' }, rows: [{ values: { ...row, ...own } }] },
      newPerson(joiner),
    ],
    attachments,
  );
const judge = (source: Uint8Array): Promise<FileReport> =>
  validator.validateFile({ path: 'BHXHDienTu.xml', source });

test('a dossier is known by its root and judged by its own rules', async () => {
  const report = await judge(await buildDossier(specifications, dossierWith({})));
  expect(report).toMatchObject({ kind: 'Hoso', verdict: 'valid', findings: [] });
});

test('a wrong row is a finding with its place, its rule and its sentence', async () => {
  const { verdict, findings, steps } = await judge(
    await buildDossier(specifications, dossierWith({ pa: 'DT' })),
  );
  expect(verdict).toBe('invalid');
  expect(findings[0]).toMatchObject({
    ruleId: 'D010',
    code: 'PLAN_OF_OTHER_FORM',
    location: { path: 'D02-TS[1].pa' },
    legal: [{ text: 'qd1040-2020' }],
    message: { en: 'The plan DT does not belong to D02-TS but to D05-TS.' },
  });
  expect(steps).toContainEqual({ name: 'record-rules', verdict: 'invalid' });
});

test('seven attachments and 5.1 MB are the stated findings', async () => {
  const pdf = (index: number, size: number): Dossier['attachments'][number] => ({
    name: `paper-${index}.pdf`,
    bytes: new Uint8Array(size),
  });
  const ids = async (attachments: Dossier['attachments']): Promise<readonly string[]> =>
    (await judge(await buildDossier(specifications, dossierWith({}, attachments)))).findings.map(
      ({ ruleId }) => ruleId,
    );
  expect(await ids([1, 2, 3, 4, 5, 6, 7].map((index) => pdf(index, 10)))).toEqual(['D040']);
  expect(await ids([pdf(1, 5_347_738)])).toEqual(['D041']);
});

test.each([
  ['an empty envelope', '<Hoso></Hoso>', 'DOSSIER_UNREADABLE'],
  [
    'a file that is no Base64',
    '<Hoso><NoiDung><ThongTinHoSo><ToKhais><FileToKhai><NoiDungFile>*</NoiDungFile></FileToKhai></ToKhais></ThongTinHoSo></NoiDung></Hoso>',
    'DOSSIER_UNREADABLE',
  ],
  [
    'a form that is no XML',
    `<Hoso><NoiDung><ThongTinHoSo><ToKhais><FileToKhai><MaToKhai>D02-TS</MaToKhai><NoiDungFile>${Buffer.from('<!DOCTYPE a><a/>').toString('base64')}</NoiDungFile></FileToKhai></ToKhais></ThongTinHoSo></NoiDung></Hoso>`,
    'XML_DTD_FORBIDDEN',
  ],
])('%s is a finding, not an error', async (_, xml, code) => {
  const { verdict, findings } = await judge(Buffer.from(xml));
  expect(verdict).toBe('invalid');
  expect(findings.map((finding) => finding.code)).toContain(code);
});
