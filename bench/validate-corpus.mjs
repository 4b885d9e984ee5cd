// Validates every file of a folder with the SDK, as an embedding program would, and prints counts.
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { createValidator } from '@bhxh/sdk/validation';

const [folder, workers = '1'] = process.argv.slice(2);
const paths = readdirSync(folder).map((name) => join(folder, name));
let invalid = 0;
let files = 0;
const count = (report) => {
  files += 1;
  if (report.verdict === 'invalid') invalid += 1;
};
if (workers === '1') {
  const validator = createValidator({
    specifications: openSpecifications(),
    now: () => new Date(),
    environmentOverlay: 'synthetic',
  });
  for (const path of paths) count(await validator.validateFile({ path, source: createReadStream(path) }));
} else {
  const { validateFiles } = await import('@bhxh/sdk/validation');
  for await (const report of validateFiles(paths, {
    workers: Number(workers),
    environmentOverlay: 'synthetic',
  }))
    count(report);
}
console.log(JSON.stringify({ files, invalid }));
