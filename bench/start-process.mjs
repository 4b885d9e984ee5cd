import { spawn } from 'node:child_process';

/** A process that prints one line when it is ready and ends when its input does. */
export function startProcess(node, args) {
  const child = spawn(node, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = new Promise((resolve) => child.once('close', resolve));
  return new Promise((resolve, reject) => {
    child.once('close', (status) => reject(new Error(`${args.at(-1)} ended with ${status}`)));
    child.stdout.once('data', (text) =>
      resolve({
        said: String(text).trim(),
        pid: child.pid,
        async stop() {
          // Most end with their input; a database has to be told by its own process to stop.
          child.stdin.end();
          const late = setTimeout(() => child.kill(), 10_000);
          await gone;
          clearTimeout(late);
        },
      }),
    );
  });
}
