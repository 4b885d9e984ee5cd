// Makes sure that the programs the tests compare us with are there: installs them when we may, otherwise prints the one line to run.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const softhsmLibraries = [
  process.env.SOFTHSM2_LIB,
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
];

const onPath = (program) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && existsSync(join(folder, program)));

const wanted = [
  {
    package: 'softhsm2',
    present: () => softhsmLibraries.some((path) => path && existsSync(path)) && onPath('softhsm2-util'),
  },
  { package: 'xmlsec1', present: () => onPath('xmlsec1') },
  { package: 'libxml2-utils', present: () => onPath('xmllint') },
  { package: 'default-jdk-headless', present: () => onPath('java') && onPath('javac') },
  { package: 'g++', present: () => onPath('g++') || onPath('c++') || onPath('clang++') },
  { package: 'make', present: () => onPath('make') },
  { package: 'python3', present: () => onPath('python3') },
  { package: 'chromium', present: () => onPath('chromium') },
];

const missing = wanted.filter((tool) => !tool.present()).map((tool) => tool.package);
if (missing.length === 0) process.exit(0);

const line = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
const root = typeof process.getuid === 'function' && process.getuid() === 0;
if (!root || !onPath('apt-get')) {
  console.error(
    `The tests need ${missing.join(', ')}. Run as root (or with the packages of your system): ${line}`,
  );
  process.exit(1);
}
console.log(`Installing ${missing.join(', ')} …`);
const { status } = spawnSync('sh', ['-c', line], {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
});
const still = wanted.filter((tool) => !tool.present()).map((tool) => tool.package);
if (status !== 0 || still.length > 0) {
  console.error(`Could not install ${still.join(', ') || missing.join(', ')}. Run: ${line}`);
  process.exit(1);
}
