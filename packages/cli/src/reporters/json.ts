import type { ReporterFactory } from './reporter.ts';

/** `bhxh-report/1`, one document, written as it grows. */
export const jsonReporter: ReporterFactory = ({ write, specsHash }) => {
  let first = true;
  write(`{"schema":"bhxh-report/1","specs":${JSON.stringify({ hash: specsHash })},"files":[`);
  return {
    file(file) {
      write(`${first ? '' : ','}\n${JSON.stringify(file)}`);
      first = false;
    },
    end(summary) {
      write(`\n],"summary":${JSON.stringify(summary)}}\n`);
    },
  };
};
