import { createDemoAuthority, keyObjectSigner, sign, verify, type ProfileName } from '@bhxh/signing';
import { expect, test } from 'vitest';
import { dossierOf, header, newPerson, person } from '../declarations/dossier.fixture.ts';
import { attachmentFiles, buildDossier, buildEnvelope, formFiles } from '../declarations/index.ts';
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

test('the signature of every form is judged beside that of the envelope', async () => {
  const now = (): Date => new Date('2026-07-10T03:00:00Z');
  const identity = createDemoAuthority({ now }).issue({ mst: '9900000009', name: 'Unit' });
  const { key, certificate, chain } = identity;
  const signer = keyObjectSigner({ key, certificate, chain, label: 'unit' });
  const signed = (bytes: Uint8Array): Promise<Uint8Array> =>
    sign(bytes, signer, { profile: 'declaration-xml', now });
  const signing = createValidator({
    specifications,
    now,
    verifySignature: (xml, { profile }) =>
      verify(xml, { profile: profile as ProfileName, trust: 'not-checked', now }),
  });
  const report = (source: Uint8Array): Promise<FileReport> => signing.validateFile({ path: 'x', source });
  const dossier = dossierWith({});

  const whole = await report(await buildDossier(specifications, dossier, signed));
  expect([whole.verdict, whole.signatures.map(({ path, verdict }) => `${path} ${verdict}`)]).toEqual([
    'valid',
    ['/Hoso/CKy_Dvi/Signature valid', '/D02-TS/Cky/Signature valid', '/TK1-TS/Cky/Signature valid'],
  ]);

  const around = async (change: (bytes: Uint8Array) => Promise<Uint8Array>): Promise<FileReport> => {
    const files = await Promise.all(
      formFiles(specifications, dossier).map(async (file, index) => ({
        ...file,
        bytes: index === 0 ? await change(file.bytes) : await signed(file.bytes),
      })),
    );
    return await report(
      await signed(
        buildEnvelope(specifications, dossier, [...files, ...attachmentFiles(specifications, dossier)]),
      ),
    );
  };
  const bare = await around((bytes) => Promise.resolve(bytes));
  expect(bare.findings).toMatchObject([{ code: 'SIGNATURE_MISSING', location: { path: 'D02-TS/Cky' } }]);
  const altered = await around(async (bytes) =>
    Buffer.from(
      Buffer.from(await signed(bytes))
        .toString()
        .replace('7000000', '7000001'),
    ),
  );
  expect(altered.verdict).toBe('invalid');
  expect(altered.findings).toMatchObject([{ code: 'SIGNATURE_REFUSED', location: { path: 'D02-TS/Cky' } }]);

  const unsigned = await report(await buildDossier(specifications, dossier));
  expect([unsigned.verdict, unsigned.findings, unsigned.signatures]).toEqual(['valid', [], []]);
});
