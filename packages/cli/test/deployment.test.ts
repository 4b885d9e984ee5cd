// The container file, the system unit and the sample configuration say what the server understands.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CommandContext } from '../src/command-context.ts';
import { readServerSettings, variableOf } from '../src/server-settings.ts';

const deploy = join(import.meta.dirname, '..', '..', '..', 'deploy');
const read = (name: string): string => readFileSync(join(deploy, name), 'utf8');

const settingsOf = (
  options: Record<string, string>,
  environment: Record<string, string>,
): ReturnType<typeof readServerSettings> =>
  readServerSettings({ options, environment } as unknown as CommandContext);

test('the sample configuration is taken as it stands', () => {
  const settings = settingsOf(
    { serverConfig: join(deploy, 'bhxh-server.yaml'), port: '0', host: '127.0.0.1' },
    {},
  );
  expect(settings).toMatchObject({
    port: 8080,
    demo: false,
    log: '-',
    rateLimits: { facility: { burst: 100 } },
    timeLimits: { header: 10, body: 60 },
  });
  expect(settings.lookupLimits).toEqual({ perHour: 2_000, missesPerHour: 300 });
});

test('an option goes before the environment, the environment before the file, and the file before nobody’s choice', () => {
  const serverConfig = join(deploy, 'bhxh-server.yaml');
  const portOf = (options: Record<string, string>, environment: Record<string, string> = {}): number =>
    settingsOf({ serverConfig, host: '127.0.0.1', ...options }, environment).port;
  expect(portOf({ port: '0' })).toBe(8080);
  expect(portOf({ port: '0' }, { BHXH_MOCK_PORT: '9090' })).toBe(9090);
  expect(portOf({ port: '7070' }, { BHXH_MOCK_PORT: '9090' })).toBe(7070);
});

test('the container file builds in two steps, runs as nobody special, and sets only what the server knows', () => {
  const text = read('Containerfile');
  const lines = text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const instructions = lines.map((line) => line.split(/\s+/)[0] ?? '');
  expect(new Set(instructions)).toEqual(
    new Set([
      'FROM',
      'WORKDIR',
      'COPY',
      'RUN',
      'ENV',
      'USER',
      'VOLUME',
      'EXPOSE',
      'STOPSIGNAL',
      'HEALTHCHECK',
      'ENTRYPOINT',
    ]),
  );
  expect(instructions.filter((one) => one === 'FROM').length).toBe(2);
  // No image that moves under one name, nothing as root at the end, no secret in a layer.
  for (const line of lines.filter((one) => one.startsWith('FROM'))) expect(line).toMatch(/node:20-\S+/);
  expect(instructions.lastIndexOf('USER')).toBeGreaterThan(instructions.lastIndexOf('RUN'));
  expect(text).toMatch(/^USER node$/m);
  expect(text).not.toMatch(/password|secret|token|latest|curl|wget|sudo/i);
  const given = Object.fromEntries(
    [...text.matchAll(/(BHXH_MOCK_[A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name ?? '', value ?? '']),
  );
  expect(settingsOf({}, given)).toMatchObject({ host: '0.0.0.0', port: 8080, store: '/data/server.db' });
  expect(Object.keys(given)).toContain(variableOf('readyFile'));
  for (const path of ['tools/with-pnpm.mjs', 'packages/cli/bin/bhxh.mjs'])
    expect(existsSync(join(deploy, '..', path))).toBe(true);
});

test('the system unit is one that systemd takes, with its walls up', () => {
  const text = read('bhxh-server.service');
  for (const wall of [
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'DynamicUser=yes',
    'PrivateTmp=yes',
    'CapabilityBoundingSet=',
  ])
    expect(text.split('\n')).toContain(wall);
  // Where systemd is not at home, its own judgement cannot be had.
  if (spawnSync('systemd-analyze', ['--version']).status !== 0) return;
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-unit-'));
  try {
    const unit = join(folder, 'bhxh-server.service');
    writeFileSync(unit, text);
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
    expect(stderr.split('\n').filter((line) => line.includes('bhxh-server.service'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
