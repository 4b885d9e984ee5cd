// N-59: how `bhxh submit` ends when it is told to or when nobody reads on; Ctrl-C once and twice are in submit-options.test.ts.
import { spawn } from 'node:child_process';
import { beforeEach, expect, test } from 'vitest';
import { bhxh, until } from './bhxh-process.ts';
import { submittingWorld } from './submitting-world.ts';

const files = 12;
const world = submittingWorld('ends', 150);
beforeEach(() => void world.freshClaims('in', files));

async function theRestIsSentOnce(): Promise<void> {
  await world.expectSoundJournal();
  const resumed = await world.run(['submit', 'in', '--resume']);
  expect(resumed.status, resumed.stderr).toBe(0);
  expect(world.proxy.passed).toHaveLength(files);
  expect(new Set(world.proxy.passed).size).toBe(files);
}

test('N-59: SIGTERM lets what is on its way finish and ends with 130', async () => {
  const submitting = world.start(['submit', 'in', '--concurrency', '2']);
  await until(() => world.proxy.uploads >= 3);
  submitting.process.kill('SIGTERM');
  const ended = await submitting.ended;
  expect(ended.status, ended.stderr).toBe(130);
  expect(world.proxy.passed).toHaveLength(world.proxy.uploads);
  await theRestIsSentOnce();
});

test('N-59: a reader that closes standard output ends the command without a word, and the journal is safe', async () => {
  const child = spawn(process.execPath, [bhxh, 'submit', 'in', '--concurrency', '2'], {
    cwd: world.around.cwd,
    env: world.around.env as NodeJS.ProcessEnv,
  });
  let stderr = '';
  child.stderr.on('data', (piece) => (stderr += piece));
  child.stdout.destroy();
  await new Promise((resolve) => child.once('close', resolve));
  expect(stderr).not.toMatch(/EPIPE|ERR_BUG|\n\s+at /);
  await theRestIsSentOnce();
});

test('N-59: a listing into a closed pipe ends silently', async () => {
  const listing = spawn(
    'sh',
    ['-c', `"$0" "$1" codes list MA_BENH --lang en | head -1`, process.execPath, bhxh],
    {
      cwd: world.around.cwd,
      env: world.around.env as NodeJS.ProcessEnv,
    },
  );
  let stderr = '';
  listing.stderr.on('data', (piece) => (stderr += piece));
  await new Promise((resolve) => listing.once('close', resolve));
  expect(stderr).not.toMatch(/EPIPE|\n\s+at /);
});
