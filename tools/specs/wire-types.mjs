// TypeScript wire types: one file per standard, official names verbatim.

const pascal = (code) =>
  code.toLowerCase().replace(/(^|[^a-z0-9]+)([a-z0-9])/g, (_all, _gap, letter) => letter.toUpperCase());

/** Whole numbers may be given as numbers; amounts and quantities only as text, because they must stay exact. */
const typeOf = (field) => (field.format === 'integer' ? 'string | number' : 'string');

const comment = (text) => text.replaceAll('*/', '* /');

const size = (field) =>
  [
    field.format ?? null,
    field.separator === undefined ? null : `several joined with "${field.separator}"`,
    field.maxLength === null ? null : `at most ${field.maxLength} characters`,
    field.required === 'always' ? 'required' : null,
  ]
    .filter((part) => part !== null)
    .join(', ');

const rowInterface = (name, table) => [
  `/** ${comment(table.label.en)} (${comment(table.label.vi)}): one <${table.row}>. */`,
  `export interface ${name} {`,
  ...table.fields.flatMap((field) => {
    const facts = size(field);
    return [
      `  /** ${comment(field.label.en)} – ${comment(field.label.vi)}${facts === '' ? '' : `; ${facts}`}. */`,
      `  readonly ${field.code}?: ${typeOf(field)} | undefined;`,
    ];
  }),
  ...(table.child === undefined
    ? []
    : [
        `  /** Rows inside the row, after its own fields. */`,
        `  readonly ${table.child.list}?: readonly ${name.replace('Row', 'ChildRow')}[] | undefined;`,
      ]),
  '}',
  '',
  ...(table.child === undefined
    ? []
    : rowInterface(name.replace('Row', 'ChildRow'), {
        label: table.label,
        row: table.child.row,
        fields: table.child.fields,
      })),
];

const header = (from, hash) =>
  `// Generated from specs/${from} (content ${hash.slice(0, 16)}) by tools/build-specs.mjs. Change the YAML, not this file.\n`;

/** `XML1` → `Xml1Row`, `01/DM` → `Catalogue01Row`. */
export const rowName = (code) =>
  /^\d/.test(code) ? `Catalogue${code.slice(0, 2)}Row` : `${pascal(code)}Row`;

/** One module with a row interface per table and the map of table code to row. */
export const wireTypes = (tables, { from, hash, map }) =>
  [
    header(from, hash),
    ...Object.values(tables).flatMap((table) => rowInterface(rowName(table.code), table)),
    `/** Row type by official table code. */`,
    `export interface ${map} {`,
    ...Object.values(tables).map(
      (table) =>
        `  readonly ${/^[A-Z]\w*$/.test(table.code) ? table.code : `'${table.code}'`}: ${rowName(table.code)};`,
    ),
    '}',
    '',
  ].join('\n');

/** The map of standard to its tables, so that a new standard is known everywhere by being a folder. */
export const standardTypes = (ids) =>
  [
    '// Generated from specs/claims by tools/build-specs.mjs. Change the YAML, not this file.',
    '',
    ...ids.map((id, index) => `import type { Tables as Tables${index} } from './${id}.ts';`),
    '',
    '/** Row types of every standard, by its id. */',
    'export interface Standards {',
    ...ids.map((id, index) => `  readonly '${id}': Tables${index};`),
    '}',
    '',
  ].join('\n');
