import { describe, expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { checkDossier, declarationSpecs } from './index.ts';
import type { Attachment, Dossier, FormRow } from './index.ts';

const specifications = openSpecifications(undefined, { overlay: 'synthetic' });

interface Base {
  readonly now: string;
  readonly provider: Record<string, string>;
  readonly unit: Record<string, string>;
  readonly dossier: Record<string, string>;
  readonly forms: { form: string; header: Record<string, string>; rows: MutableRow[] }[];
  readonly attachments: { readonly name: string; readonly bytes: number }[];
}
interface MutableRow {
  values: Record<string, string>;
  appendix?: Record<string, string>[];
}
interface Case {
  readonly name: string;
  readonly expect: 'pass' | 'fail';
  readonly set?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
  readonly attachments?: Base['attachments'];
}

const { bases, vectors } = specifications.declarations('vectors') as {
  readonly bases: Readonly<Record<string, Base>>;
  readonly vectors: readonly {
    readonly rule: string;
    readonly base: string;
    readonly cases: readonly Case[];
  }[];
};

/** `unit.X`, `dossier.X`, `declared.X`, `FORM.X`, `FORM[n].X`, `FORM[n]/m.X`. */
function change(base: Base, path: string, value: string | undefined, declared: Record<string, string>): void {
  const dot = path.lastIndexOf('.');
  const [owner, field] = [path.slice(0, dot), path.slice(dot + 1)];
  const target = ((): Record<string, string> => {
    if (owner === 'unit' || owner === 'dossier' || owner === 'provider') return base[owner];
    if (owner === 'declared') return declared;
    const [, form = '', row, member] = /^([A-Z0-9-]+)(?:\[(\d+)\])?(?:\/(\d+))?$/.exec(owner) ?? [];
    const document = base.forms.find((each) => each.form === form);
    if (document === undefined) throw new Error(`no form ${form}`);
    if (row === undefined) return document.header;
    const found = document.rows[Number(row) - 1];
    if (found === undefined) throw new Error(`no row ${path}`);
    if (field === 'appendix') {
      delete found.appendix;
      return {};
    }
    return member === undefined ? found.values : (found.appendix?.[Number(member) - 1] ?? {});
  })();
  if (value === undefined) delete target[field];
  else target[field] = value;
}

function dossierOf(
  name: string,
  { set = {}, remove = [], attachments }: Partial<Case>,
): { dossier: Dossier; now: Date } {
  const base = structuredClone(bases[name]);
  if (base === undefined) throw new Error(`no base ${name}`);
  const declared: Record<string, string> = {};
  for (const [path, value] of Object.entries(set)) change(base, path, value, declared);
  for (const path of remove) change(base, path, undefined, declared);
  return {
    now: new Date(base.now),
    dossier: {
      provider: base.provider,
      unit: base.unit,
      dossier: base.dossier,
      forms: base.forms.map(({ form, header, rows }) => ({ form, header, rows: rows satisfies FormRow[] })),
      attachments: (attachments ?? base.attachments).map(({ name: file, bytes }): Attachment => ({
        name: file,
        bytes: new Uint8Array(bytes),
      })),
      ...(declared['SoLuongFile'] === undefined ? {} : { declaredCount: declared['SoLuongFile'] }),
    },
  };
}

test.each(Object.keys(bases))('the base %s has no error', (name) => {
  const { dossier, now } = dossierOf(name, {});
  expect(checkDossier(specifications, dossier, { now: () => now }).findings).toEqual([]);
});

describe.each(vectors.map((vector) => [vector.rule, vector] as const))('%s', (rule, { base, cases }) => {
  test.each(cases.map((one) => [one.expect, one.name, one] as const))('%s: %s', (expected, _, one) => {
    const { dossier, now } = dossierOf(base, one);
    const { findings, evaluated } = checkDossier(specifications, dossier, { now: () => now });
    expect(evaluated.has(rule)).toBe(true);
    const found = new Set(findings.map(({ ruleId }) => ruleId));
    expect([...found]).toEqual(expected === 'pass' ? [] : [rule]);
    for (const { message } of findings)
      expect([message.vi, message.en].some((text) => text === undefined || /\{[a-z]/.test(text))).toBe(false);
  });
});

test('every rule cites a legal text that is there and has vectors', () => {
  const { rules } = declarationSpecs(specifications);
  const covered = new Set(vectors.map(({ rule }) => rule));
  for (const { id, legal } of rules) {
    expect(covered.has(id)).toBe(true);
    for (const { text } of legal) expect(specifications.legal(text)).toBeDefined();
  }
});
