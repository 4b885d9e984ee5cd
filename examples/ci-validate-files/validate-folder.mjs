// Validates a folder with the installed command and prints one line a document that is not valid.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const manifest = createRequire(import.meta.url).resolve('@bhxh/cli/package.json');
const command = join(dirname(manifest), 'bin', 'bhxh.mjs');
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [command, 'validate', ...process.argv.slice(2), '--format', 'json'],
  {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  },
);
if (status !== 0 && status !== 1) {
  process.stderr.write(stderr);
  process.exit(status ?? 70);
}
const report = JSON.parse(stdout);
for (const file of report.files) {
  if (file.verdict === 'valid') continue;
  const rules = [...new Set(file.findings.map((finding) => finding.ruleId))].join(', ');
  console.log(`${file.path}: ${file.verdict}${rules === '' ? '' : ` (${rules})`}`);
}
console.log(
  `specs ${report.specs.hash.slice(0, 16)} · ${report.summary.valid} valid, ${report.summary.invalid} invalid`,
);
process.exit(status);
