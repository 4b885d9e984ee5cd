import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { generateClaims } from '../synthetic/index.ts';
import { claimFile, packed } from './claim.fixture.ts';
import type { FileReport } from './report/file-report.ts';
import { createValidator } from './validator.ts';

const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const now = (): Date => new Date('2026-11-21T03:00:00Z');
const whole = createValidator({ specifications, now });
const streamed = createValidator({ specifications, now, gatherBytes: 0 });

const files: Buffer[] = [];
const tables: { readonly type: string; readonly xml: Buffer }[][] = [];

beforeAll(async () => {
  for await (const { bytes } of generateClaims({ count: 6, seed: 11, date: '2025-03-20' })) {
    const file = Buffer.from(bytes);
    files.push(file);
    tables.push(
      [...file.toString('latin1').matchAll(/<LOAIHOSO>(\w+)<\/LOAIHOSO><NOIDUNGFILE>([^<]*)</gu)].map(
        ([, type, content]) => ({
          type: type!,
          xml: Buffer.from(content!, 'base64'),
        }),
      ),
    );
  }
});

const steadyState = ({ evaluated, skipped, ...rest }: FileReport): unknown => ({
  ...rest,
  evaluated: [...evaluated].toSorted(),
  skipped: [...skipped].toSorted(),
});

async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** Replaces, inserts or removes a few bytes. */
function damaged(bytes: Buffer, damage: readonly (readonly [number, number, string])[]): Buffer {
  let result = bytes;
  for (const [where, length, insert] of damage) {
    const at = where % (result.length + 1);
    result = Buffer.concat([
      result.subarray(0, at),
      Buffer.from(insert, 'latin1'),
      result.subarray(at + length),
    ]);
  }
  return result;
}

const damage = fc.array(
  fc.tuple(
    fc.nat(),
    fc.constantFrom(0, 0, 1, 2, 30),
    fc.constantFrom(
      '',
      '<',
      '>',
      '&',
      '"',
      '\0',
      '\xff',
      '</',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<a>',
      '<a/>',
      '=',
      'A',
      '9',
      '<!DOCTYPE a>',
      '<?x?>',
    ),
  ),
  { minLength: 1, maxLength: 3 },
);

describe('whatever the bytes are', () => {
  it('a damaged file gets a verdict, the same in one piece and in many', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(5),
        damage,
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 4 }),
        async (index, changes, sizes) => {
          const bytes = damaged(files[index]!, changes);
          const one = await whole.validateFile({ path: 'x', source: bytes });
          expect(one.findings.map(({ code }) => code)).not.toContain('STEP_CRASHED');
          expect(['valid', 'invalid', 'skipped', 'undetermined']).toContain(one.verdict);
          const many = await streamed.validateFile({ path: 'x', source: inPieces(bytes, sizes) });
          expect(steadyState(many)).toEqual(steadyState(one));
        },
      ),
      { numRuns: 150, seed: 21 },
    );
  });

  it('a damaged table inside a file gets a verdict', async () => {
    let invalid = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(5), fc.nat(), damage, async (index, which, changes) => {
        const parts = tables[index]!.map(({ type, xml }, at, all) =>
          packed(type, at === which % all.length ? damaged(xml, changes) : xml),
        );
        const report = await whole.validateFile({ path: 'x', source: claimFile([parts]) });
        expect(report.findings.map(({ code }) => code)).not.toContain('STEP_CRASHED');
        if (report.verdict === 'invalid') invalid += 1;
      }),
      { numRuns: 200, seed: 22 },
    );
    expect(invalid).toBeGreaterThan(100);
  });

  it('noise gets a verdict', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('', '<', '<GIAMDINHHS>', '<?xml version="1.0"?>', '<HSDANHMUC><DSACH_TBYT>'),
        async (bytes, start) => {
          const source = Buffer.concat([Buffer.from(start), bytes]);
          const report = await whole.validateFile({ path: 'x', source });
          expect(report.verdict).not.toBe('valid');
          expect(report.findings.length).toBeGreaterThan(0);
          expect(report.findings.map(({ code }) => code)).not.toContain('STEP_CRASHED');
        },
      ),
      { numRuns: 1000, seed: 23 },
    );
  });

  it('no entity, DTD or external reference of an inner table is followed', async () => {
    const attacks = [
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
      '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
      '<?xml-stylesheet href="http://127.0.0.1:1/x.xsl"?>',
    ];
    for (const attack of attacks) {
      const parts = tables[0]!.map(({ type, xml }) =>
        packed(type, type === 'XML1' ? Buffer.concat([Buffer.from(attack), xml]) : xml),
      );
      const report = await whole.validateFile({ path: 'x', source: claimFile([parts]) });
      expect(report.verdict).toBe('invalid');
      expect(
        report.findings
          .map(({ code }) => code)
          .some((code) => code === 'XML_DTD_FORBIDDEN' || code === 'XML_PI_FORBIDDEN'),
      ).toBe(true);
    }
  });
});
