// A released standard does not change under the feet of those who used it: its content hash must be the one recorded in specs/frozen.json,
// or the one named by the newest `errata` entry of its ruleset.yaml. `--update` records standards that are new, and accepted errata.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileSpecs } from './specs/compile.mjs';
import { compareFrozen } from './specs/frozen.mjs';
import { SpecError, YamlReader } from './specs/read-yaml.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const path = `${root}specs/frozen.json`;
const update = process.argv.includes('--update');

try {
  const { rulesets } = compileSpecs(`${root}specs`);
  const reader = new YamlReader(`${root}specs`);
  const released = [...rulesets.values()]
    .filter(({ status }) => status !== 'announced')
    .map(({ id, hash }) => ({ id, hash, errata: reader.read(`claims/${id}/ruleset.yaml`).errata ?? [] }));
  const frozen = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const { problems, next } = compareFrozen(released, frozen, { update });
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else if (update) writeFileSync(path, `${JSON.stringify(next, null, 2)}\n`);
} catch (error) {
  if (!(error instanceof SpecError)) throw error;
  console.error(`specs/${error.message}`);
  process.exitCode = 1;
}
