import type { ReporterFactory } from './reporter.ts';

/** `bhxh-report/1`, one document, written as it grows. */
export const jsonReporter: ReporterFactory = ({ write, specsHash }) => {
  let first = true;
  const head = `{"schema":"bhxh-report/1","specs":${JSON.stringify({ hash: specsHash })},"files":[`;
  return {
    file(file) {
      write(`${first ? head : ','}\n${JSON.stringify(file)}`);
      first = false;
    },
    end(summary) {
      write(`${first ? head : ''}\n],"summary":${JSON.stringify(summary)}}\n`);
    },
  };
};
