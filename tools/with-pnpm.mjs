// Runs the pinned pnpm through npx, so that a machine needs nothing but Node and npm.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { packageManager } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const windows = process.platform === 'win32';
const result = spawnSync(windows ? 'npx.cmd' : 'npx', ['--yes', packageManager, ...process.argv.slice(2)], {
  stdio: 'inherit',
  shell: windows,
});
process.exit(result.status ?? 1);
