import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Which process of which boot of which machine. A pid alone is used again sooner or later. */
export interface ProcessIdentity {
  readonly host: string;
  /** Changes at every boot; empty where the system does not tell. */
  readonly boot: string;
  readonly pid: number;
  /** When the process started, in the system's own unit; empty where it does not tell. */
  readonly started: string;
}

export async function thisProcess(): Promise<ProcessIdentity> {
  const { pid } = process;
  return { host: hostname(), boot: await bootId(), pid, started: await startOf(pid) };
}

/**
 * True only when the owner cannot be running any more: this machine was started again, no process has its pid, or the
 * process with its pid started at another time. Anything that cannot be proved is false.
 */
export async function isProvablyGone(owner: ProcessIdentity): Promise<boolean> {
  if (owner.host !== hostname()) return false;
  const boot = await bootId();
  if (owner.boot !== '' && boot !== '' && owner.boot !== boot) return true;
  if (!isAlive(owner.pid)) return true;
  const started = await startOf(owner.pid);
  return owner.started !== '' && started !== '' && started !== owner.started;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function bootId(): Promise<string> {
  if (process.platform === 'linux') return readTrimmed('/proc/sys/kernel/random/boot_id');
  if (process.platform === 'darwin') return output('sysctl', ['-n', 'kern.bootsessionuuid']);
  return '';
}

async function startOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const stat = await readTrimmed(`/proc/${pid}/stat`);
    // The command name may hold blanks and brackets; the fields behind its last bracket do not.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  }
  if (process.platform === 'darwin') return output('ps', ['-o', 'lstart=', '-p', String(pid)]);
  return '';
}

async function readTrimmed(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim();
}

async function output(program: string, args: readonly string[]): Promise<string> {
  return run(program, args).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}
