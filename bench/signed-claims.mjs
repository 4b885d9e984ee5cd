// Outpatient claims of about 30 KB each, signed with a key of the server's demo.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export function signedClaims(folder, { bhxh, node, server, count }) {
  mkdirSync(folder, { recursive: true });
  const plain = join(folder, 'plain');
  const signed = join(folder, 'signed');
  const run = (...args) => execFileSync(node, [bhxh, ...args], { stdio: 'ignore', cwd: folder });
  run('generate', 'claims', '--count', String(count), '--seed', '11', '--rows', '14', '--out', plain);
  run('sign', plain, '--key', server.key.ref, '--pin-file', server.key.pinFile, '--out', signed);
  rmSync(plain, { recursive: true });
  const names = readdirSync(signed);
  if (names.length !== count) throw new Error(`${names.length} of ${count} claims were signed`);
  const bytes = names.reduce((sum, name) => sum + readFileSync(join(signed, name)).length, 0);
  return { folder: signed, count, kilobytes: Math.round(bytes / count / 1000) };
}
