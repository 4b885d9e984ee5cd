// Builds everything a clone needs to run: compiled specs, generated types, then each package (JavaScript with esbuild through tsup, types with tsc on demand).
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (command, args) => {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
};

run(process.execPath, ['tools/build-specs.mjs']);

// What a package declares is resolved where it is installed; only what `bhxh.bundle` names is copied into its build.
const outside = ({ dependencies, peerDependencies, optionalDependencies, bhxh }) =>
  Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })
    .filter((name) => !(bhxh?.bundle ?? []).includes(name))
    .flatMap((name) => [name, new RegExp(`^${name}/`)]);

const only = process.argv.slice(2).filter((word) => !word.startsWith('--'));
for (const name of ['xml', 'signing', 'sdk', 'mock-server', 'cli']) {
  if (only.length > 0 && !only.includes(name)) continue;
  const folder = `${root}packages/${name}`;
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const sources = Object.values(manifest.exports)
    .map((target) => target['@bhxh/source'])
    .filter((source) => source !== undefined);
  const entry = Object.fromEntries(
    [...sources, ...(manifest.bhxh?.entries ?? [])].map((source) => [
      source.replace(/^\.\/src\//, '').replace(/\.ts$/, ''),
      `${folder}/${source}`,
    ]),
  );
  if (Object.keys(entry).length === 0 || !Object.values(entry).every((path) => existsSync(path))) {
    console.error(`build: ${name} has an entry whose source is missing`);
    process.exit(1);
  }
  // Built beside the old one and swapped in: a command that starts meanwhile finds one or the other whole.
  const next = `${folder}/dist.${process.pid}`;
  await build({
    entry,
    outDir: next,
    format: ['esm'],
    platform: 'node',
    target: 'node20',
    splitting: true,
    sourcemap: true,
    clean: true,
    dts: false,
    // A command that starts a thousand times a night is parsed a thousand times; libraries stay readable.
    minify: manifest.bin !== undefined,
    silent: true,
    config: false,
    external: outside(manifest),
    noExternal: manifest.bhxh?.bundle ?? [],
    define: { BHXH_VERSION: JSON.stringify(manifest.version) },
    ...(manifest.bhxh?.bundle
      ? {
          banner: {
            js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
          },
        }
      : {}),
  });
  const old = `${folder}/dist.old.${process.pid}`;
  if (existsSync(`${folder}/dist`)) renameSync(`${folder}/dist`, old);
  renameSync(next, `${folder}/dist`);
  rmSync(old, { recursive: true, force: true });
}
