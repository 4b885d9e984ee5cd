// Writes the declaration files that users of the packages get; runs after build.mjs, in dependency order.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const name of ['xml', 'signing', 'sdk', 'mock-server']) {
  const folder = `${root}packages/${name}`;
  const project = `${folder}/tsconfig.declarations.json`;
  writeFileSync(
    project,
    JSON.stringify({
      extends: '../../tsconfig.base.json',
      // Other packages are seen as a user sees them: by their built declarations.
      compilerOptions: { customConditions: [], emitDeclarationOnly: true, rootDir: 'src', outDir: 'dist' },
      include: ['src'],
      exclude: ['src/**/*.test.ts'],
    }),
  );
  const { status } = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', project], {
    stdio: 'inherit',
  });
  rmSync(project);
  if (status !== 0) process.exit(status ?? 1);
}
