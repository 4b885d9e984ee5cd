import { describe, expect, test, vi } from 'vitest';
import { catalogueFrom } from '../claims/index.ts';
import { openSpecifications } from '../specifications/index.ts';
import { createValidator } from '../validation/index.ts';
import { generateCatalogues, generateCertificates, generateCheckIns, generateClaims } from './index.ts';

const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const now = (): Date => new Date('2026-11-21T00:00:00Z');
const validator = createValidator({ specifications, now });

vi.setConfig({ testTimeout: 120_000 });

async function findingsOf(file: {
  readonly fileName: string;
  readonly bytes: Uint8Array;
}): Promise<string[]> {
  const { findings, verdict } = await validator.validateFile({ path: file.fileName, source: file.bytes });
  return [
    ...findings.map(({ ruleId, location }) => `${file.fileName} ${ruleId} ${location.path}`),
    ...(verdict === 'valid' ? [] : [`${file.fileName} is ${verdict}`]),
  ];
}

describe('check-ins', () => {
  test('they break no rule and have the key of the claim at their position', async () => {
    const keys = new Set<string>();
    for await (const { key } of generateClaims({ count: 60, seed: 17, specifications })) keys.add(key);
    let count = 0;
    for await (const checkIn of generateCheckIns({ count: 60, seed: 17, specifications })) {
      count += 1;
      expect(keys).toContain(checkIn.key);
      expect(await findingsOf(checkIn)).toEqual([]);
    }
    expect(count).toBeGreaterThan(40);
  });
});

describe('certificates', () => {
  test('every kind is made and nothing is wrong with it', async () => {
    const kinds = new Set<string>();
    for await (const certificate of generateCertificates({ count: 18, seed: 18, specifications })) {
      kinds.add(certificate.kind);
      expect(await findingsOf(certificate)).toEqual([]);
    }
    expect([...kinds].toSorted()).toEqual(Object.keys(specifications.certificates()).toSorted());
  });
});

describe('catalogues', () => {
  const catalogues = generateCatalogues({ specifications });

  test('all six are made and nothing is wrong with them', async () => {
    expect(catalogues.map(({ kind }) => kind)).toEqual(Object.keys(specifications.catalogues()));
    for (const catalogue of catalogues) expect(await findingsOf(catalogue)).toEqual([]);
  });

  test('they hold everything that generated claims use', async () => {
    const catalogue = catalogueFrom(
      catalogues.map(({ fileName, bytes }) => ({ path: fileName, bytes })),
      specifications,
    );
    const withCatalogue = createValidator({ specifications, now, facts: { catalogue } });
    for await (const { fileName, bytes } of generateClaims({ count: 200, seed: 19, specifications })) {
      const report = await withCatalogue.validateFile({ path: fileName, source: bytes });
      expect(report.findings.map(({ ruleId, values }) => [fileName, ruleId, values])).toEqual([]);
      expect(report.evaluated).toContain('R139');
    }
  });
});
