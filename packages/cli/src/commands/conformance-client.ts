import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certify, readClientSuite, runClients, type CaseResult } from '@bhxh/mock-server/conformance';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { chosenCases, chosenSuite, listCases } from '../conformance/chosen-cases.ts';
import { clientDriver } from '../conformance/drive-client.ts';
import { reportConformance } from '../conformance/report.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { numberOption } from '../number-option.ts';
import { version } from '../version.ts';

const command = 'conformance client';
const SECONDS = 120;

/** Plays the server, in fair weather and foul, and certifies what a client did. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const suite = readClientSuite(chosenSuite(context));
  const only = chosenCases(context, suite.cases, command);
  if (flagOption(context.options, 'list') || flagOption(context.options, 'dryRun')) {
    listCases(context, suite, only);
    return exitCodes.done;
  }
  const { options } = context;
  const port = numberOption(options, 'port', command, { least: 0, most: 65_535, whole: true }) ?? 0;
  const seconds = numberOption(options, 'seconds', command, { least: 1, most: 3_600 }) ?? SECONDS;
  const given = textOption(options, 'out');
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'bhxh-client-')));
  const results: CaseResult[] = [];
  try {
    for await (const result of runClients({
      suite,
      now: context.now,
      signal: context.signal,
      run: randomBytes(5).toString('hex'),
      port,
      drive: clientDriver(context, folder, context.arguments, seconds),
      ...(only === undefined ? {} : { only }),
    })) {
      context.streams.note(`${result.id} ${result.verdict}\n`);
      results.push(result);
    }
  } finally {
    // The folder holds the password of an account that is gone with the server; a kept one is the user's wish.
    if (given === undefined) await rm(folder, { recursive: true, force: true });
  }
  const certificate = certify({
    side: 'client',
    suite: suite.suite,
    specs: { suite: suite.hash, hash: openSpecifications().hash },
    tool: `bhxh ${version}`,
    subject: context.arguments[0] ?? '–',
    scope: only === undefined ? 'whole' : 'part',
    now: context.now(),
    results,
  });
  await reportConformance(context, certificate);
  const { failed, undetermined } = certificate.summary;
  return failed + undetermined > 0 ? exitCodes.findings : exitCodes.done;
}
