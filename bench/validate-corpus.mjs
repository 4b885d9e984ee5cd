// Validates every file of a folder with the SDK, as an embedding program would, and prints counts.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { createValidator, fileSource, validateFiles } from '@bhxh/sdk/validation';

const [folder, workers = '1'] = process.argv.slice(2);
const paths = readdirSync(folder).map((name) => join(folder, name));
let found = 0;
let files = 0;
const count = (report) => {
  files += 1;
  if (report.findings.length > 0) found += 1;
};
if (workers === '1') {
  const validator = createValidator({
    specifications: openSpecifications(undefined, { overlay: 'synthetic' }),
    now: () => new Date(),
  });
  for (const path of paths) count(await validator.validateFile(fileSource(path)));
} else {
  const jobs = paths.map((file) => ({ file }));
  for await (const outcome of validateFiles(jobs, {
    workers: Number(workers),
    overlay: 'synthetic',
    now: new Date().toISOString(),
  })) {
    if ('error' in outcome) throw outcome.error;
    count(outcome.report);
  }
}
console.log(JSON.stringify({ files, found }));
