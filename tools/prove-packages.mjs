// Packs every package, installs the tarballs in an empty folder and uses them there: what works only inside the workspace is found here.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bhxh-pack-'));
const windows = process.platform === 'win32';
const run = (command, args, options = {}) =>
  execFileSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: windows,
    ...options,
  });
const problems = [];

try {
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);
  const packages = [
    'specs',
    ...['xml', 'signing', 'sdk', 'mock-server', 'cli'].map((name) => `packages/${name}`),
  ];
  for (const place of packages)
    run(process.execPath, [join(root, 'tools/with-pnpm.mjs'), 'pack', '--pack-destination', tarballs], {
      cwd: join(root, place),
    });
  const files = readdirSync(tarballs).map((name) => join(tarballs, name));

  for (const file of files.filter((name) => !/specs|cli/.test(basename(name)))) {
    for (const [tool, args] of [
      ['publint', ['run', file, '--strict']],
      ['attw', [file, '--profile', 'esm-only', '--format', 'ascii', '--no-emoji', '--quiet']],
    ]) {
      const { status, stdout, stderr } = spawnSync(join(root, 'node_modules', '.bin', tool), args, {
        encoding: 'utf8',
        shell: windows,
      });
      if (status !== 0) problems.push(`${tool} ${basename(file)}: ${stdout}${stderr}`);
    }
  }

  // A folder with a blank and letters beyond ASCII, as user folders on Windows have.
  const place = join(folder, 'th\u01B0 m\u1EE5c th\u1EED'.normalize('NFD'));
  mkdirSync(place);
  const own = Object.fromEntries(
    files.map((file) => [`@bhxh/${/^bhxh-(.+?)-\d/.exec(basename(file))?.[1]}`, `file:${file}`]),
  );
  writeFileSync(
    join(place, 'package.json'),
    JSON.stringify({ name: 'user', private: true, type: 'module', dependencies: own, overrides: own }),
  );
  run(
    windows ? 'npm.cmd' : 'npm',
    ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--no-package-lock'],
    { cwd: place },
  );

  const doors = packages
    .filter((name) => name.startsWith('packages/') && name !== 'packages/cli')
    .flatMap((name) => {
      const { name: packageName, exports } = JSON.parse(
        readFileSync(join(root, name, 'package.json'), 'utf8'),
      );
      return Object.keys(exports)
        .filter((door) => !door.endsWith('.json') && !door.endsWith('-main'))
        .map((door) => packageName + door.slice(1));
    });
  writeFileSync(
    join(place, 'doors.mjs'),
    `for (const door of ${JSON.stringify(doors)}) { const module = await import(door); if (Object.keys(module).length === 0) throw new Error(door + ' exports nothing'); }\n`,
  );
  run(process.execPath, ['doors.mjs'], { cwd: place });
  const bhxh = join(place, 'node_modules', '@bhxh', 'cli', 'bin', 'bhxh.mjs');
  run(process.execPath, [bhxh, 'generate', 'claims', '--count', '3', '--out', 'claims'], { cwd: place });
  run(process.execPath, [bhxh, 'validate', 'claims'], { cwd: place });
  run(process.execPath, [bhxh, 'demo'], { cwd: place });
  console.log(`${files.length} tarballs, ${doors.length} entry points, the demo from an empty folder`);
} catch (error) {
  problems.push(`${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
