import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoAuthority, demoTaxCode, pemSigner, sign, verify } from '@bhxh/signing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { dossierOf, header, newPerson, person } from './dossier.fixture.ts';
import { buildDossier, buildForm, checkDossier, declarationSpecs, readDossier, readForm } from './index.ts';
import type { FormDocument } from './index.ts';

const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const now = (): Date => new Date('2026-07-10T03:00:00Z');

const joiner = person(1, { number: '' });
const d02: FormDocument = {
  form: 'D02-TS',
  header: { ...header, KyKeKhai: '07/2026' },
  rows: [
    {
      values: {
        stt: '1',
        pa: 'TM',
        Hoten: joiner.name,
        Ngaysinh: joiner.birth,
        Gioitinh: joiner.sex,
        Cmnd: joiner.identity,
        chucVu: 'Kế toán & thủ quỹ',
        tienLuong: '7000000',
        tuThang: '07/2026',
      },
    },
  ],
};
const paper = {
  name: 'hop-dong.pdf',
  description: 'Hợp đồng',
  bytes: new Uint8Array([37, 80, 68, 70, 0, 255]),
};
const dossier = dossierOf([d02, newPerson(joiner)], [paper]);

describe('building and reading', () => {
  test('what is built is read back, file by file', async () => {
    const bytes = await buildDossier(specifications, dossier);
    const { dossier: read, files } = readDossier(specifications, bytes);
    expect(read).toEqual({
      ...dossier,
      attachments: [{ ...paper, bytes: Buffer.from(paper.bytes) }],
      declaredCount: '3',
      declaredLengths: files.map(({ name, bytes }) => {
        const characters = Math.ceil(bytes.length / 3) * 4;
        return { name, declared: String(characters), characters, bytes: bytes.length };
      }),
    });
    expect(files.map(({ code, name, kind }) => `${code} ${name} ${kind}`)).toEqual([
      'D02-TS D02-TS-595.xml .xml',
      'TK1-TS TK1-TS-595.xml .xml',
      'CT-DK hop-dong.pdf .pdf',
    ]);
    expect(checkDossier(specifications, read, { now })).toMatchObject({ verdict: 'valid', findings: [] });
  });

  test('any text in any field of any form survives', () => {
    const text = fc
      .string({ unit: 'grapheme', maxLength: 20 })
      .map((value) => value.replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '').trim());
    for (const spec of declarationSpecs(specifications).forms.values()) {
      const filled = (fields: readonly { readonly code: string }[]): fc.Arbitrary<Record<string, string>> =>
        fc
          .record(Object.fromEntries(fields.map(({ code }) => [code, text])))
          .map((values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')));
      fc.assert(
        fc.property(filled(spec.header), fc.array(filled(spec.fields), { maxLength: 3 }), (head, rows) => {
          // Registration dossiers share one root, and their row names the form.
          const own = spec.elements.nested === true ? { MaThuTuc: spec.form } : {};
          const given = spec.elements.nested === true ? [{}, ...rows] : rows;
          const document = {
            form: spec.form,
            header: head,
            rows: given.map((values) => ({ values: { ...values, ...own } })),
          };
          expect(readForm(specifications, buildForm(specifications, document))).toEqual(document);
        }),
        { numRuns: 10 },
      );
    }
  });

  test('a licensed provider writes and reads forms in a schema of its own', async () => {
    const own = {
      write: (document: FormDocument) => Buffer.from(`<O><![CDATA[${JSON.stringify(document)}]]></O>`),
      read: (bytes: Uint8Array) =>
        JSON.parse(/\[CDATA\[(.*)\]\]/s.exec(Buffer.from(bytes).toString())?.[1] ?? '') as FormDocument,
    };
    const built = await buildDossier(specifications, dossier, undefined, own);
    expect(readDossier(specifications, built, own).dossier.forms).toEqual(dossier.forms);
    expect(() => readDossier(specifications, built)).toThrow(
      expect.objectContaining({ code: 'ERR_FORM_UNREADABLE' }),
    );
  });

  test('a form, a field or a document that is none is refused', () => {
    const refused = (work: () => unknown, code: string): void =>
      expect(work).toThrow(expect.objectContaining({ code }));
    refused(() => buildForm(specifications, { ...d02, form: 'D99-TS' }), 'ERR_FORM_UNKNOWN');
    refused(() => buildForm(specifications, { ...d02, header: { MucLuong: '1' } }), 'ERR_FIELD_UNKNOWN');
    refused(() => readForm(specifications, Buffer.from('<X/>')), 'ERR_FORM_UNREADABLE');
    refused(() => readDossier(specifications, Buffer.from('<GIAMDINHHS/>')), 'ERR_DOSSIER_UNREADABLE');
    refused(
      () =>
        readDossier(
          specifications,
          Buffer.from(
            '<Hoso><NoiDung><ThongTinHoSo><ToKhais><FileToKhai><NoiDungFile>*</NoiDungFile></FileToKhai></ToKhais></ThongTinHoSo></NoiDung></Hoso>',
          ),
        ),
      'ERR_FILE_NOT_BASE64',
    );
    refused(() => readDossier(specifications, Buffer.from('<!DOCTYPE a><Hoso/>')), 'XML_DTD_FORBIDDEN');
  });
});

describe('signatures', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bhxh-dossier-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  test('xmlsec1 and the verifier accept every form and the envelope, and see a change in each', async () => {
    const clock = (): Date => new Date();
    const authority = createDemoAuthority({ now: clock });
    const identity = authority.issue({ mst: demoTaxCode(1), name: 'ZZ0001A' });
    const signer = await pemSigner({
      pem: Buffer.from(`${identity.keyPem}\n${identity.certificatePem}`),
      label: 'ZZ0001A',
    });
    const trust = { anchors: [authority.certificate] };
    const anchor = join(folder, 'ca.pem');
    await writeFile(anchor, authority.certificatePem);
    const isAccepted = async (bytes: Uint8Array, name: string): Promise<boolean> => {
      const path = join(folder, name);
      await writeFile(path, bytes);
      return (
        spawnSync('xmlsec1', ['--verify', '--id-attr:Id', 'Object', '--trusted-pem', anchor, path]).status ===
        0
      );
    };
    const verdict = async (bytes: Uint8Array): Promise<string> =>
      (await verify(bytes, { profile: 'declaration-xml', trust, now: clock })).verdict;

    const signed = await buildDossier(specifications, dossier, (bytes) =>
      sign(bytes, signer, { profile: 'declaration-xml', now: clock }),
    );
    const { files, dossier: read } = readDossier(specifications, signed);
    expect(read.forms).toEqual(dossier.forms);
    const forms = files.filter(({ kind }) => kind === '.xml').map(({ name, bytes }) => ({ name, bytes }));
    expect(forms).toHaveLength(2);
    for (const { name, bytes } of [...forms, { name: 'BHXHDienTu.xml', bytes: signed }]) {
      expect(await isAccepted(bytes, name)).toBe(true);
      expect(await verdict(bytes)).toBe('valid');
      const altered = Buffer.from(bytes);
      const at = altered.indexOf('ZZ0001A');
      altered.write('ZZ0002A', at);
      expect(await isAccepted(altered, `altered-${name}`)).toBe(false);
      expect(await verdict(altered)).toBe('invalid');
    }
  });
});
