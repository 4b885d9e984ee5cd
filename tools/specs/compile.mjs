// The whole of specs/ as a map of output file to text.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkReferences } from './check-references.mjs';
import { compileClaims } from './compile-claims.mjs';
import { compileCodeLists, compileWardChanges } from './compile-code-lists.mjs';
import { compileMessages } from './compile-messages.mjs';
import { compileDeclarations } from './compile-declarations.mjs';
import { compileTables } from './compile-tables.mjs';
import { compileVectors } from './compile-vectors.mjs';
import { contentHash, sha256 } from './content-hash.mjs';
import { validateSchemas } from './validate-schemas.mjs';
import { standardTypes, wireTypes } from './wire-types.mjs';
import { xsdOf } from './xsd.mjs';
import { YamlReader } from './read-yaml.mjs';

const json = (value) => `${JSON.stringify(value)}\n`;

export const compileSpecs = (folder, parsed) => {
  const reader = new YamlReader(folder, parsed);
  validateSchemas(reader);
  const files = new Map();
  const dist = (name, value) => files.set(`specs/dist/${name}`, json(value));
  const generated = (name, text) => files.set(`packages/sdk/src/generated/claims/${name}.ts`, text);

  const { rulesets, timeline } = compileClaims(reader);
  for (const [id, ruleset] of rulesets) {
    dist(`claims/${id}.json`, ruleset);
    generated(id, wireTypes(ruleset.tables, { from: `claims/${id}`, hash: ruleset.hash, map: 'Tables' }));
    for (const table of Object.values(ruleset.tables)) {
      const signed = table.code === 'XML0' || table.code === 'XML12';
      files.set(
        `specs/dist/xsd/${id}/${table.code.toLowerCase()}.xsd`,
        xsdOf(table, { ruleset: id, hash: ruleset.hash, signed }),
      );
    }
  }
  generated('standards', standardTypes([...rulesets.keys()]));
  dist('claims/timeline.json', timeline.timeline);
  dist('claims/select-by.json', timeline.selectBy);

  const lists = compileCodeLists(reader);
  for (const [id, list] of lists) dist(`code-lists/${id}.json`, list);
  dist('code-lists/ward-changes.json', compileWardChanges(reader));

  dist(
    'parameters.json',
    Object.fromEntries(reader.list('parameters').map((file) => [reader.read(file).id, reader.read(file)])),
  );
  const outside = {};
  for (const [folder, key, map] of [
    ['certificates', 'certificate', 'Certificates'],
    ['catalogues-upload', 'catalogue', 'Catalogues'],
  ]) {
    const tables = compileTables(reader, folder, key);
    outside[folder] = tables;
    dist(`${folder}.json`, tables);
    generated(folder, wireTypes(tables, { from: folder, hash: contentHash(tables), map }));
  }
  dist(
    'legal.json',
    Object.fromEntries(reader.list('legal').map((file) => [reader.read(file).id, reader.read(file)])),
  );
  for (const file of reader.list('responses')) {
    const { gateway, families } = reader.read(file);
    dist(
      `responses/${gateway}.json`,
      Object.fromEntries(families.map((family) => [family.id, family.codes])),
    );
  }
  for (const [rule, vectors] of compileVectors(reader, rulesets))
    dist(`vectors/claims/${rule}.json`, vectors);
  dist('payments/messages.json', compileMessages(reader));
  for (const file of reader.list('payments'))
    dist(`payments/${basename(file, '.yaml')}.json`, reader.read(file));
  for (const [name, value] of compileDeclarations(reader, lists)) dist(name, value);
  dist('calendar.json', reader.read('calendar.yaml'));
  dist('identity-codes.json', reader.read('identity-codes.yaml'));
  dist('trust-domains.json', reader.read('trust/domains.yaml').domains);
  dist('limits.json', reader.read('limits.yaml'));
  dist('reserved-identifiers.json', reader.read('reserved-identifiers.yaml'));
  for (const file of reader.list('synthetic'))
    dist(`synthetic/${basename(file, '.yaml')}.json`, reader.read(file));

  checkReferences(reader, { rulesets, timeline, lists, tables: outside });

  const version = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  const hashes = Object.fromEntries(
    [...files]
      .filter(([name]) => name.startsWith('specs/dist/'))
      .map(([name, text]) => [name.slice('specs/dist/'.length), sha256(text)]),
  );
  const hash = contentHash(hashes);
  dist('manifest.json', {
    version,
    hash,
    rulesets: Object.fromEntries([...rulesets].map(([id, ruleset]) => [id, ruleset.hash])),
    files: hashes,
  });
  return { files, hash, rulesets };
};
