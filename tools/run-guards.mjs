// Runs every guard of the repository and names those that fail.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const guards = readdirSync(folder)
  .filter((name) => /^check-.*\.mjs$/.test(name))
  .sort();
const failed = guards.filter((name) => {
  const { status } = spawnSync(process.execPath, [folder + name], { stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  return status !== 0;
});
if (failed.length > 0) {
  console.error(`guards failed: ${failed.join(', ')}`);
  process.exit(1);
}
