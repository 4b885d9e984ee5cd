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
          child.stdin.end();
          child.kill();
          await gone;
        },
      }),
    );
  });
}
