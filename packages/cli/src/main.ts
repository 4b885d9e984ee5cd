import { runCommandLine } from './command-line.ts';

// A reader that closes early (`bhxh … | head`) ends us quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
});

process.exitCode = await runCommandLine(process.argv.slice(2));
