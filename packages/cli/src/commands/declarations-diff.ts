import {
  checkDossier,
  declarationSentence,
  declarationSpecs,
  diffPayrolls,
  formHeader,
  formOfDiff,
  readPayroll,
  type FormDocument,
} from '@bhxh/sdk/declarations';
import { maskValue } from '@bhxh/sdk/messages';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { findingLines, loadDossier, readDossierFile } from '../dossier-file.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { writeWhole } from '../output-folder.ts';
import { overlayFor } from '../overlay.ts';
import { textTable } from '../terminal/table.ts';

const command = 'declarations diff';

/** Makes the rows of D02-TS from two payrolls; with `--from` also the whole dossier, checked, ready for `build declaration`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, language, messages } = context;
  const month = textOption(options, 'month') ?? '';
  if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(month))
    throw cliError('ERR_OPTION_INVALID', { option: '--month', value: month, why: 'yyyy-MM', command });
  const payrolls = [];
  for (const path of context.arguments) {
    const payroll = await readPayroll(path);
    for (const { row, column, code, message } of payroll.problems)
      streams.note(`${path}:${row}:${column}: ${code}: ${message[language]}\n`);
    payrolls.push(payroll);
  }
  if (payrolls.some(({ problems }) => problems.length > 0)) return exitCodes.findings;
  const [before, after] = payrolls;
  const diff = diffPayrolls(before?.rows ?? [], after?.rows ?? [], { month });

  const specifications = openSpecifications(undefined, { overlay: overlayFor(context) });
  const from = textOption(options, 'from');
  const out = textOption(options, 'out');
  const file = from === undefined ? undefined : readDossierFile(from);
  const specs = declarationSpecs(specifications);
  const { KyKeKhai: _, ...header } = formHeader(specs.form('D02-TS'), file?.unit ?? {}, file?.dossier ?? {});
  const form = formOfDiff(diff, header, month, specs);
  const forms: readonly FormDocument[] = [
    form,
    ...(file?.forms ?? []).filter((each) => each.form !== form.form),
  ];
  const findings =
    file === undefined || from === undefined
      ? []
      : checkDossier(specifications, loadDossier({ ...file, forms }, from), { now: context.now }).findings;
  if (out !== undefined)
    writeWhole(
      out,
      `${JSON.stringify(file === undefined ? { forms } : { ...file, forms }, null, 2)}\n`,
      flagOption(options, 'force'),
    );

  const isShown = flagOption(options, 'reveal');
  const shown = (text: string): string => (isShown ? text : maskValue(text));
  if (context.format === 'json') {
    const rows = diff.rows.map(({ plan, identity, reasonCode, reason, values }) => ({
      plan,
      identity: shown(identity),
      from: values['tuThang'] ?? null,
      to: values['denThang'] ?? null,
      wage: values['tienLuong'] ?? null,
      reasonCode,
      reason,
    }));
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-declarations-diff/1', month, rows, companions: diff.companions.map((one) => ({ ...one, identity: shown(one.identity) })), withoutNumber: diff.withoutNumber.length, unchanged: diff.unchanged, findings })}\n`,
    );
  } else {
    const word = (code: 'HEAD_PLAN' | 'HEAD_PERSON' | 'HEAD_MONTHS' | 'HEAD_REASON'): string =>
      declarationSentence(code)[language];
    streams.write(
      textTable(
        [word('HEAD_PLAN'), word('HEAD_PERSON'), word('HEAD_MONTHS'), word('HEAD_REASON')],
        diff.rows.map(({ plan, identity, values, reason }) => [
          plan,
          `${shown(identity)} ${shown(values['Hoten'] ?? '')}`,
          [values['tuThang'] ?? '', values['denThang']].filter((text) => text !== undefined).join(' – '),
          reason[language],
        ]),
      ),
    );
    const counts = {
      rows: String(diff.rows.length),
      unchanged: String(diff.unchanged),
      without: String(diff.withoutNumber.length),
    };
    for (const { identity, of, plan, from: first, to } of diff.companions)
      streams.write(
        `${declarationSentence('DIFF_COMPANION', { person: shown(identity), plan: of, companion: plan, from: first, to })[language]}\n`,
      );
    streams.write(`${declarationSentence('DIFF_SUMMARY', counts)[language]}\n`);
    streams.write(findingLines(context, findings, (id) => specifications.legal(id)?.number ?? id));
  }
  if (out !== undefined && file !== undefined)
    streams.note(`${messages.words.hint}: bhxh build declaration --from ${out} --out BHXHDienTu.xml\n`);
  return findings.some(({ severity }) => severity === 'error') ? exitCodes.findings : exitCodes.done;
}
