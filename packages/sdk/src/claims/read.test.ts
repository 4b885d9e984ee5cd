import { describe, expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { generateClaims } from '../synthetic/index.ts';
import { buildClaimFile } from './build.ts';
import { readClaimFile } from './read.ts';
import type { ReadClaim } from './read.ts';
import type { ClaimTables } from './types.ts';

const specifications = openSpecifications();
const ruleset = specifications.ruleset('qd3176-2024');
const envelope = { facility: '99001', createdOn: '20250102', ruleset };

async function read(source: Uint8Array | AsyncIterable<Uint8Array>): Promise<ReadClaim[]> {
  const claims: ReadClaim[] = [];
  for await (const claim of readClaimFile(source, { specifications })) claims.push(claim);
  return claims;
}

// oxlint-disable-next-line require-await -- a stream of pieces, without anything to wait for
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('reading claim files', () => {
  test('generated claims of every standard come back as they were built', async () => {
    for (const [from, standard] of [
      ['2024-08-01', 'qd4750-2023'],
      ['2025-02-01', 'qd3176-2024'],
      ['2026-09-01', 'qd1931-2026'],
    ] as const) {
      for await (const { bytes, tables } of generateClaims({
        count: 20,
        seed: 31,
        date: from,
        specifications,
      })) {
        const [claim] = await read(bytes);
        expect(claim?.ruleset.id).toBe(standard);
        expect(claim?.tables).toEqual(tables);
      }
    }
  });

  test('several claims of a file, in pieces of any size, are the same claims', async () => {
    const claims: ClaimTables[] = ['L1', 'L2', 'L3'].map((key) => ({
      XML1: [{ MA_LK: key, NGAY_RA: '202501020800', HO_TEN: 'A & <B>' }],
      XML2: [{ MA_LK: key }, { MA_LK: key }],
    }));
    const bytes = buildClaimFile(claims, envelope);
    const whole = await read(bytes);
    expect(
      whole.map(({ index, tables }) => [
        index,
        tables['XML1']?.[0]?.['MA_LK'],
        tables['XML1']?.[0]?.['HO_TEN'],
        tables['XML2']?.length,
      ]),
    ).toEqual([
      [0, 'L1', 'A & <B>', 2],
      [1, 'L2', 'A & <B>', 2],
      [2, 'L3', 'A & <B>', 2],
    ]);
    for (const size of [1, 7, 1000]) expect(await read(inPieces(bytes, size))).toEqual(whole);
  });

  test('plain tables are read, empty ones are left out', async () => {
    const text = Buffer.from(
      '<GIAMDINHHS><THONGTINHOSO><DANHSACHHOSO><HOSO><FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE><TONG_HOP><MA_LK>L1</MA_LK><NGAY_RA>202501020800</NGAY_RA></TONG_HOP></NOIDUNGFILE></FILEHOSO><FILEHOSO><LOAIHOSO>XML2</LOAIHOSO><NOIDUNGFILE/></FILEHOSO></HOSO></DANHSACHHOSO></THONGTINHOSO></GIAMDINHHS>',
    );
    const [claim] = await read(text);
    expect(Object.keys(claim?.tables ?? {})).toEqual(['XML1']);
    expect(claim?.tables['XML1']?.[0]?.['MA_LK']).toBe('L1');
  });

  test.each([
    ['another document', '<HSDANHMUC></HSDANHMUC>'],
    ['no XML', 'MA_LK;HO_TEN'],
    ['XML that breaks off', '<GIAMDINHHS><THONGTINHOSO>'],
    [
      'a table that is no base64',
      '<GIAMDINHHS><THONGTINHOSO><DANHSACHHOSO><HOSO><FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE>PFRPTkd*</NOIDUNGFILE></FILEHOSO></HOSO></DANHSACHHOSO></THONGTINHOSO></GIAMDINHHS>',
    ],
  ])('%s is refused', async (_, text) => {
    await expect(read(Buffer.from(text))).rejects.toMatchObject({ code: 'ERR_CLAIM_FILE_UNREADABLE' });
  });
});
