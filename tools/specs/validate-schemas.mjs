// Every YAML file of specs/ against its JSON Schema; the first mistake is reported as file:line.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { declarationKinds } from './compile-declarations.mjs';
import { SpecError } from './read-yaml.mjs';

const kinds = [
  { schema: 'rulesets', files: (reader) => ['claims/rulesets.yaml'].filter((file) => reader.has(file)) },
  { schema: 'ruleset', files: (reader) => inRulesets(reader, 'ruleset.yaml') },
  { schema: 'table', files: (reader) => inRulesets(reader, 'tables/') },
  { schema: 'rules', files: (reader) => inRulesets(reader, 'rules/') },
  { schema: 'vectors', files: (reader) => inRulesets(reader, 'vectors/') },
  { schema: 'vectors-base', files: (reader) => reader.list('claims/vectors-base') },
  { schema: 'legal', files: (reader) => reader.list('legal') },
  { schema: 'code-list', files: (reader) => reader.list('code-lists') },
  { schema: 'parameter', files: (reader) => reader.list('parameters') },
  { schema: 'responses', files: (reader) => reader.list('responses') },
  { schema: 'certificate', files: (reader) => reader.list('certificates') },
  { schema: 'catalogue', files: (reader) => reader.list('catalogues-upload') },
  { schema: 'limits', files: () => ['limits.yaml'] },
  { schema: 'reserved-identifiers', files: () => ['reserved-identifiers.yaml'] },
  { schema: 'message', files: (reader) => reader.list('payments/messages') },
  { schema: 'trust-domains', files: () => ['trust/domains.yaml'] },
  { schema: 'calendar', files: () => ['calendar.yaml'] },
  { schema: 'identity-codes', files: () => ['identity-codes.yaml'] },
  ...['remittance', 'vietqr', 'banks', 'allocation', 'reconciliation', 'disbursement', 'trace-inquiry'].map(
    (schema) => ({
      schema,
      files: () => [`payments/${schema}.yaml`],
    }),
  ),
  ...['lifecycles', 'cut-offs', 'functions'].map((name) => ({
    schema: `payment-${name}`,
    files: () => [`payments/${name}.yaml`],
  })),
  ...declarationKinds,
  {
    schema: 'conformance',
    files: (reader) =>
      ['claims', 'declarations', 'bank'].flatMap((suite) => reader.list(`conformance/${suite}`)),
  },
  { schema: 'conformance-clients', files: (reader) => reader.list('conformance/clients') },
];

const inRulesets = (reader, what) =>
  reader
    .folders('claims')
    .filter((id) => reader.has(`claims/${id}/ruleset.yaml`))
    .flatMap((id) =>
      what.endsWith('/') ? reader.list(join('claims', id, what.slice(0, -1))) : [`claims/${id}/${what}`],
    );

const pathOf = (pointer) =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Of the branches that fail, the deepest place says most about what was meant. */
const deepest = (errors) =>
  errors
    .filter(({ keyword }) => keyword !== 'oneOf' && keyword !== 'anyOf')
    .sort((a, b) => b.instancePath.length - a.instancePath.length)[0] ?? errors[0];

const sentence = (error) => {
  const place = error.instancePath === '' ? '' : `${error.instancePath.slice(1).replaceAll('/', '.')} `;
  const extra =
    error.params.additionalProperty ??
    error.params.unevaluatedProperty ??
    error.params.allowedValues?.join(', ');
  return `${place}${error.message}${extra === undefined ? '' : ` (${extra})`}`;
};

export const validateSchemas = (reader) => {
  const folder = join(reader.root, 'schema');
  const ajv = new Ajv2020({
    allErrors: false,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
  });
  for (const name of readdirSync(folder).sort())
    if (name.endsWith('.schema.json')) ajv.addSchema(JSON.parse(readFileSync(join(folder, name), 'utf8')));
  for (const { schema, files } of kinds) {
    const validate = ajv.getSchema(`${schema}.schema.json`);
    for (const file of files(reader)) {
      if (validate(reader.read(file))) continue;
      const error = deepest(validate.errors);
      throw new SpecError(reader.where(file, pathOf(error.instancePath)), sentence(error));
    }
  }
};
