// Compiles specs/ (YAML by hand) into specs/dist (JSON and XSD) and packages/sdk/src/generated (wire types). Deterministic: the same YAML gives the same bytes.
import { fileURLToPath } from 'node:url';
import { compileSpecs } from './specs/compile.mjs';
import { buildOpenapi } from './specs/openapi-types.mjs';
import { SpecError } from './specs/read-yaml.mjs';
import { writeOutputs } from './specs/write-outputs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
try {
  const started = process.hrtime.bigint();
  const outputs = compileSpecs(`${root}specs`);
  const changed = writeOutputs(root, outputs);
  await buildOpenapi();
  const milliseconds = Number((process.hrtime.bigint() - started) / 1_000_000n);
  console.log(
    `specs: ${outputs.files.size} files, ${changed} changed, hash ${outputs.hash.slice(0, 12)}, ${milliseconds} ms`,
  );
} catch (error) {
  if (!(error instanceof SpecError)) throw error;
  console.error(`specs/${error.message}`);
  process.exitCode = 1;
}
