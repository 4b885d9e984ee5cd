import type { Certificate, CertifiedCase } from '@bhxh/mock-server/conformance';
import { textOption, flagOption, type CommandContext } from '../command-context.ts';
import { conformanceMessages } from '../messages/conformance.ts';
import { writeWhole } from '../output-folder.ts';
import { addToSummary, emptySummary, openReporter, type ReportFile } from '../reporters/reporter.ts';
import type { Language } from '../terminal/language.ts';
import { version } from '../version.ts';

/** Writes the result in the wanted form, and the certificate as JSON and as text beside it. */
export async function reportConformance(context: CommandContext, certificate: Certificate): Promise<void> {
  const { streams, format, language, messages } = context;
  const path = textOption(context.options, 'certificate');
  if (path !== undefined) {
    const force = flagOption(context.options, 'force');
    writeWhole(path, `${JSON.stringify(certificate, null, 2)}\n`, force);
    writeWhole(`${path}.txt`, certificateText(certificate, language), force);
  }
  if (format === 'json') streams.write(`${JSON.stringify(certificate)}\n`);
  else if (format === 'text') streams.write(certificateText(certificate, language));
  else {
    const reporter = await openReporter(format, {
      write: streams.write,
      language,
      messages,
      specsHash: certificate.specs.hash,
      toolVersion: version,
      colour: false,
      now: context.now,
      title: `conformance ${certificate.suite} ${certificate.number}`,
    });
    const summary = emptySummary();
    for (const one of certificate.cases) {
      const file = reportFile(one, certificate.specs.suite);
      reporter.file(file);
      addToSummary(summary, file);
    }
    reporter.end(summary);
  }
}

/** The certificate for people: what was judged, every verdict, and what it is recognised by. */
export function certificateText(certificate: Certificate, language: Language): string {
  const words = conformanceMessages[language];
  const { fields } = words;
  const { number, issuedAt, subject, suite, specs, tool, summary, digest, scope, conforms } = certificate;
  const outcome = scope === 'part' ? words.part : conforms ? words.conforms : words.conformsNot;
  const width = Math.max(...Object.values(fields).map((name) => name.length));
  const line = (name: string, value: string): string => `${name.padEnd(width)}  ${value}\n`;
  const counts = Object.entries(summary)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${words.verdict[verdict as keyof typeof summary]}`)
    .join(', ');
  const head =
    `${words.title[certificate.side]}: ${outcome}\n\n` +
    line(fields.number, number) +
    line(fields.issued, issuedAt) +
    line(fields.subject, subject) +
    line(fields.suite, `${suite} ${specs.suite}`) +
    line(fields.specs, specs.hash) +
    line(fields.tool, tool) +
    line(fields.cases, counts) +
    line(fields.digest, digest);
  const idWidth = Math.max(...certificate.cases.map(({ id }) => id.length), 0);
  const cases = certificate.cases.map((one) => {
    const detail = details(one, language).map((text) => `    ${text}\n`);
    return `${one.id.padEnd(idWidth)}  ${words.verdict[one.verdict]}  ${one.title[language]}\n${detail.join('')}`;
  });
  return `${head}\n${cases.join('')}`;
}

function details(one: CertifiedCase, language: Language): readonly string[] {
  const words = conformanceMessages[language];
  const place =
    one.step === undefined ? '' : `${words.step} ${one.step}${one.call ? ` (${one.call})` : ''}: `;
  return [
    ...(one.missing ?? []).map((need) => `${words.missing}: ${need}`),
    ...(one.mismatches ?? []).map(
      ({ what, expected, seen }) => `${place}${what}: ${words.wanted} ${expected}, ${words.found} ${seen}`,
    ),
    ...(one.reason === undefined ? [] : [`${place}${one.reason}`]),
  ];
}

const verdicts = {
  passed: 'valid',
  failed: 'invalid',
  skipped: 'skipped',
  undetermined: 'undetermined',
} as const;

function reportFile(one: CertifiedCase, suiteHash: string): ReportFile {
  const isWrong = one.verdict === 'failed' || one.verdict === 'undetermined';
  const told = { vi: details(one, 'vi').join('; '), en: details(one, 'en').join('; ') };
  return {
    path: one.id,
    sha256: suiteHash,
    kind: null,
    verdict: verdicts[one.verdict],
    steps: [],
    findings: isWrong
      ? [
          {
            ruleId: one.id,
            code: one.verdict === 'failed' ? 'CONFORMANCE_FAILED' : 'CONFORMANCE_UNDETERMINED',
            severity: 'error',
            origin: 'reference',
            ruleset: null,
            record: { index: 0, key: null, department: null },
            path: one.call ?? '',
            line: null,
            column: null,
            values: {},
            message: { vi: `${one.title.vi}: ${told.vi}`, en: `${one.title.en}: ${told.en}` },
            hint: { vi: '', en: '' },
            legal: [],
          },
        ]
      : [],
    signatures: [],
  };
}
