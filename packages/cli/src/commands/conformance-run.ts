import { randomBytes } from 'node:crypto';
import {
  certify,
  readSuite,
  runSuite,
  TargetUnreachable,
  type CaseResult,
} from '@bhxh/mock-server/conformance';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { chosenCases, chosenSuite, listCases } from '../conformance/chosen-cases.ts';
import { reportConformance } from '../conformance/report.ts';
import { readTargetFile } from '../conformance/target-file.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { version } from '../version.ts';

const command = 'conformance run';

/** Replays the exchanges of a suite against any server and certifies what it answered. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const suite = readSuite(chosenSuite(context));
  const only = chosenCases(context, suite.cases, command);
  if (flagOption(context.options, 'list') || flagOption(context.options, 'dryRun')) {
    listCases(context, suite, only);
    return exitCodes.done;
  }
  const path = textOption(context.options, 'readyFile');
  if (path === undefined)
    throw cliError('ERR_OPTION_INVALID', {
      option: '--ready-file',
      value: '',
      why: 'bhxh mock start --ready-file',
      command,
    });
  const target = await readTargetFile(path, textOption(context.options, 'target'));
  const results: CaseResult[] = [];
  try {
    for await (const result of runSuite({
      target,
      suite,
      now: context.now,
      signal: context.signal,
      run: randomBytes(5).toString('hex'),
      ...(only === undefined ? {} : { only }),
    })) {
      context.streams.note(`${result.id} ${result.verdict}\n`);
      results.push(result);
    }
  } catch (cause) {
    if (cause instanceof TargetUnreachable)
      throw cliError('ERR_SERVER_UNREACHABLE', { url: target.url }, cause);
    throw cause;
  }
  const certificate = certify({
    side: 'server',
    suite: suite.suite,
    specs: { suite: suite.hash, hash: openSpecifications().hash },
    tool: `bhxh ${version}`,
    subject: target.url,
    scope: only === undefined ? 'whole' : 'part',
    now: context.now(),
    results,
  });
  await reportConformance(context, certificate);
  const { failed, undetermined } = certificate.summary;
  return failed + undetermined > 0 ? exitCodes.findings : exitCodes.done;
}
