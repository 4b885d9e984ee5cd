import { pathToFileURL } from 'node:url';
import type { ReporterFactory, ReportFinding } from './reporter.ts';

const levels = { error: 'error', warning: 'warning', info: 'note' } as const;

/** SARIF 2.1.0. Results are written as they come; the rules, known only at the end, follow them. */
export const sarifReporter: ReporterFactory = ({ write, language, toolVersion, specsHash, titleOf }) => {
  const rules = new Map<string, { readonly index: number; readonly finding: ReportFinding }>();
  let first = true;
  write(
    '{"version":"2.1.0","$schema":"https://json.schemastore.org/sarif-2.1.0.json","runs":[{"columnKind":"unicodeCodePoints","results":[',
  );
  return {
    file(file) {
      for (const finding of file.findings) {
        let rule = rules.get(finding.ruleId);
        if (rule === undefined) {
          rule = { index: rules.size, finding };
          rules.set(finding.ruleId, rule);
        }
        const result = {
          ruleId: finding.ruleId,
          ruleIndex: rule.index,
          level: levels[finding.severity],
          message: { text: finding.message[language] },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(file.path) },
                ...(finding.line === null
                  ? {}
                  : {
                      region: {
                        startLine: finding.line,
                        ...(finding.column === null ? {} : { startColumn: finding.column }),
                      },
                    }),
              },
              logicalLocations: [{ fullyQualifiedName: finding.path === '' ? file.path : finding.path }],
            },
          ],
          ...(file.sha256 === null
            ? {}
            : {
                partialFingerprints: {
                  'bhxh/1': `${file.sha256.slice(0, 16)}:${finding.ruleId}:${finding.path}`,
                },
              }),
          properties: { code: finding.code, origin: finding.origin, ruleset: finding.ruleset },
        };
        write(`${first ? '' : ','}\n${JSON.stringify(result)}`);
        first = false;
      }
    },
    end() {
      const descriptors = [...rules].map(([id, { finding }]) => ({
        id,
        name: finding.code,
        shortDescription: { text: titleOf?.(finding) ?? finding.code },
        defaultConfiguration: { level: levels[finding.severity] },
        properties: {
          origin: finding.origin,
          legal: finding.legal.map(({ text, at }) => `${text} ${at}`.trim()),
        },
      }));
      const tool = {
        driver: { name: 'bhxh', version: toolVersion, rules: descriptors, properties: { specs: specsHash } },
      };
      write(`\n],"tool":${JSON.stringify(tool)}}]}\n`);
    },
  };
};

/** Relative paths stay relative, so that a pipeline can map them to its checkout. */
function uriOf(path: string): string {
  const forward = path.replaceAll('\\', '/');
  if (/^(?:\/|[A-Za-z]:\/)/.test(forward)) return pathToFileURL(path).href;
  return forward.split('/').map(encodeURIComponent).join('/');
}
