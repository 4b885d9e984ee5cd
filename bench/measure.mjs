// Runs whole processes and tells how long each took and how much memory it needed.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One run of a program: wall seconds, and the peak resident memory in MB where the system tells it. */
export function runOnce(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const begun = process.hrtime.bigint();
    const child = spawn(command, args, {
      stdio: ['ignore', options.capture ? 'pipe' : 'ignore', 'ignore'],
      ...options.spawn,
    });
    let peak = 0;
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
    });
    const watch = options.memory
      ? setInterval(() => {
          try {
            const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
            peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
          } catch {
            // The process has just ended.
          }
        }, 20)
      : undefined;
    child.on('error', reject);
    child.on('close', (status) => {
      clearInterval(watch);
      resolve({ seconds: Number(process.hrtime.bigint() - begun) / 1e9, peak, status, text });
    });
  });
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Alternates two measurements, so that a noisy minute falls on both. Gives the medians and the median of the paired ratios. */
export async function paired(rounds, ours, theirs) {
  const pairs = [];
  for (let round = 0; round < rounds; round += 1) {
    const mine = await ours();
    const other = await theirs();
    pairs.push([mine, other]);
  }
  return {
    ours: median(pairs.map(([mine]) => mine)),
    theirs: median(pairs.map(([, other]) => other)),
    ratio: median(pairs.map(([mine, other]) => mine / other)),
  };
}
