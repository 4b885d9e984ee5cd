import { join } from 'node:path';
import { BhxhError } from '../errors/bhxh-error.ts';
import { specificationSentence } from '../messages/specifications/index.ts';
import { chooseRuleset } from './choose-ruleset.ts';
import type { ChooseRulesetInput, RulesetChoice } from './choose-ruleset.ts';
import { toCodeList } from './code-list-file.ts';
import { defaultFolder, readCompiled, readManifest } from './load.ts';
import { overlayOf } from './synthetic-overlay.ts';
import type { ReservedIdentifiers } from './synthetic-overlay.ts';
import type {
  CalendarData,
  IdentityCodeLayouts,
  CodeList,
  LegalText,
  Limits,
  Manifest,
  Parameter,
  ParameterValue,
  ResponseCode,
  Ruleset,
  SelectBy,
  TableSpec,
  TimelineEntry,
  TrustDomain,
  VectorFile,
} from './types.ts';

export interface SpecificationsOptions {
  /** `synthetic` adds the province, wards and facilities of the reserved test ranges to the code lists. */
  readonly overlay?: 'synthetic' | 'none';
}

/** The compiled regulations. Files are read when first asked for and kept. */
export interface Specifications {
  readonly folder: string;
  /** `structure.data.date` of the specs package. */
  readonly version: string;
  /** Content hash over every compiled file. */
  readonly hash: string;
  readonly overlay: 'synthetic' | 'none';
  readonly limits: Limits;
  readonly selectBy: SelectBy;
  readonly calendar: CalendarData;
  /** Whom signatures are believed from, by domain; ships without any anchor. */
  readonly trustDomains: readonly TrustDomain[];
  /** Layouts of the QR codes on identity papers and health cards. */
  readonly identityCodes: IdentityCodeLayouts;
  readonly reserved: ReservedIdentifiers;
  rulesetIds(): readonly string[];
  /** Throws `ERR_RULESET_UNKNOWN`. */
  ruleset(id: string): Ruleset;
  timeline(): readonly TimelineEntry[];
  codeListIds(): readonly string[];
  /** Throws `ERR_CODE_LIST_UNKNOWN`. */
  codeList(id: string): CodeList;
  /** Old ward (or `d` + district) → new wards, each with its kind of change in one letter, joined with blanks. */
  wardChanges(): ReadonlyMap<string, string>;
  parameters(): readonly Parameter[];
  /** Throws `ERR_PARAMETER_UNKNOWN`. */
  parameter(id: string): Parameter;
  /** The value in force on a date, or undefined before the first one. `date` is `yyyy-MM-dd`. */
  parameterOn(id: string, date: string): ParameterValue | undefined;
  /** Result codes of a gateway (`claims`) by family of calls (`token`, `upload`, `card` …). */
  responses(gateway: string): Readonly<Record<string, readonly ResponseCode[]>>;
  certificates(): Readonly<Record<string, TableSpec>>;
  catalogues(): Readonly<Record<string, TableSpec>>;
  legal(id: string): LegalText | undefined;
  legalTexts(): readonly LegalText[];
  vectors(ruleId: string): readonly VectorFile[];
  /** Words of the synthetic generator, a file of `specs/synthetic` by its name. */
  synthetic(name: string): unknown;
  /** Data of the bank side, a file of `specs/payments` by its name; its shape is known to `@bhxh/sdk/payments`. */
  payments(name: string): unknown;
  /** Data of employers' dossiers, a file of `specs/declarations` by its name; its shape is known to `@bhxh/sdk/declarations`. */
  declarations(name: string): unknown;
  /** Path of the XSD of a table, for external tools. */
  xsdPath(ruleset: string, table: string): string;
  chooseRuleset(input: ChooseRulesetInput): RulesetChoice;
  withOverlay(overlay: 'synthetic' | 'none'): Specifications;
}

type Missing = 'RULESET' | 'CODE_LIST' | 'PARAMETER';

function unknown(kind: Missing, id: string, known: readonly string[]): BhxhError {
  return new BhxhError({
    code: `ERR_${kind}_UNKNOWN`,
    category: 'usage',
    retry: 'never',
    message: specificationSentence(`UNKNOWN_${kind}`, { id }),
    hint: specificationSentence('KNOWN', { known: known.join(', ') }),
  });
}

class CompiledSpecifications implements Specifications {
  readonly folder: string;
  readonly overlay: 'synthetic' | 'none';
  readonly #cache: Map<string, unknown>;
  readonly #lists: Map<string, CodeList> = new Map();
  #wardChanges: ReadonlyMap<string, string> | undefined;

  constructor(folder: string, overlay: 'synthetic' | 'none', cache: Map<string, unknown>) {
    this.folder = folder;
    this.overlay = overlay;
    this.#cache = cache;
  }

  #read<T>(name: string): T {
    let value = this.#cache.get(name);
    if (value === undefined) {
      value = readCompiled<T>(this.folder, name, this.#manifest);
      this.#cache.set(name, value);
    }
    return value as T;
  }

  get #manifest(): Manifest {
    const known = this.#cache.get('manifest.json');
    if (known !== undefined) return known as Manifest;
    const manifest = readManifest(this.folder);
    this.#cache.set('manifest.json', manifest);
    return manifest;
  }

  get version(): string {
    return this.#manifest.version;
  }

  get hash(): string {
    return this.#manifest.hash;
  }

  get limits(): Limits {
    return this.#read<Limits>('limits.json');
  }

  get calendar(): CalendarData {
    return this.#read<CalendarData>('calendar.json');
  }

  get identityCodes(): IdentityCodeLayouts {
    return this.#read<IdentityCodeLayouts>('identity-codes.json');
  }

  get trustDomains(): readonly TrustDomain[] {
    return this.#read<TrustDomain[]>('trust-domains.json');
  }

  get selectBy(): SelectBy {
    return this.#read<SelectBy>('claims/select-by.json');
  }

  get reserved(): ReservedIdentifiers {
    return this.#read<ReservedIdentifiers>('reserved-identifiers.json');
  }

  rulesetIds(): readonly string[] {
    return Object.keys(this.#manifest.rulesets);
  }

  ruleset(id: string): Ruleset {
    if (!Object.hasOwn(this.#manifest.rulesets, id)) {
      throw unknown('RULESET', id, this.rulesetIds());
    }
    return this.#read<Ruleset>(`claims/${id}.json`);
  }

  timeline(): readonly TimelineEntry[] {
    return this.#read<TimelineEntry[]>('claims/timeline.json');
  }

  codeListIds(): readonly string[] {
    return Object.keys(this.#manifest.files)
      .filter((name) => name.startsWith('code-lists/') && name !== 'code-lists/ward-changes.json')
      .map((name) => name.slice('code-lists/'.length, -'.json'.length));
  }

  codeList(id: string): CodeList {
    let list = this.#lists.get(id);
    if (list === undefined) {
      if (id === 'ward-changes' || !Object.hasOwn(this.#manifest.files, `code-lists/${id}.json`)) {
        throw unknown('CODE_LIST', id, this.codeListIds());
      }
      list = toCodeList(this.#read<CodeList>(`code-lists/${id}.json`));
      if (this.overlay === 'synthetic') list = overlayOf(list, this.reserved);
      this.#lists.set(id, list);
    }
    return list;
  }

  wardChanges(): ReadonlyMap<string, string> {
    this.#wardChanges ??= new Map(
      Object.entries(this.#read<Record<string, string>>('code-lists/ward-changes.json')),
    );
    return this.#wardChanges;
  }

  parameters(): readonly Parameter[] {
    return Object.values(this.#read<Record<string, Parameter>>('parameters.json'));
  }

  parameter(id: string): Parameter {
    const all = this.#read<Record<string, Parameter>>('parameters.json');
    const parameter = Object.hasOwn(all, id) ? all[id] : undefined;
    if (parameter === undefined) {
      throw unknown('PARAMETER', id, Object.keys(all));
    }
    return parameter;
  }

  parameterOn(id: string, date: string): ParameterValue | undefined {
    return this.parameter(id).values.findLast(({ from }) => from <= date);
  }

  responses(gateway: string): Readonly<Record<string, readonly ResponseCode[]>> {
    return this.#read<Record<string, ResponseCode[]>>(`responses/${gateway}.json`);
  }

  certificates(): Readonly<Record<string, TableSpec>> {
    return this.#read<Record<string, TableSpec>>('certificates.json');
  }

  catalogues(): Readonly<Record<string, TableSpec>> {
    return this.#read<Record<string, TableSpec>>('catalogues-upload.json');
  }

  legal(id: string): LegalText | undefined {
    const all = this.#read<Record<string, LegalText>>('legal.json');
    return Object.hasOwn(all, id) ? all[id] : undefined;
  }

  legalTexts(): readonly LegalText[] {
    return Object.values(this.#read<Record<string, LegalText>>('legal.json'));
  }

  vectors(ruleId: string): readonly VectorFile[] {
    const name = `vectors/claims/${ruleId}.json`;
    return Object.hasOwn(this.#manifest.files, name) ? this.#read<VectorFile[]>(name) : [];
  }

  synthetic(name: string): unknown {
    return this.#read<unknown>(`synthetic/${name}.json`);
  }

  payments(name: string): unknown {
    return this.#read<unknown>(`payments/${name}.json`);
  }

  declarations(name: string): unknown {
    return this.#read<unknown>(`declarations/${name}.json`);
  }

  xsdPath(ruleset: string, table: string): string {
    return join(this.folder, 'xsd', ruleset, `${table.toLowerCase()}.xsd`);
  }

  chooseRuleset(input: ChooseRulesetInput): RulesetChoice {
    return chooseRuleset(this.timeline(), (id) => this.ruleset(id), input);
  }

  withOverlay(overlay: 'synthetic' | 'none'): Specifications {
    return overlay === this.overlay ? this : new CompiledSpecifications(this.folder, overlay, this.#cache);
  }
}

/**
 * Opens the compiled specifications, by default those of the installed `@bhxh/specs`.
 * Nothing is read before it is asked for; a missing or damaged file throws `ERR_SPECS_DAMAGED`.
 */
export function openSpecifications(
  folder: string = defaultFolder(),
  options: SpecificationsOptions = {},
): Specifications {
  return new CompiledSpecifications(folder, options.overlay ?? 'none', new Map());
}
