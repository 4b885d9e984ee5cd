import type { FlagName } from './flags.ts';
import type { CommandRun } from './command-context.ts';

/** One command; its sentences are in the message catalogue under `name`. Loaded only when it runs. */
export interface Command {
  /** Words after `bhxh`: `validate`, `specs list`. */
  readonly name: string;
  /** Commander's syntax of the positional arguments. */
  readonly arguments?: string;
  readonly flags: readonly FlagName[];
  readonly formats: readonly string[];
  load(): Promise<{ readonly run: CommandRun }>;
}

const plain = ['text', 'json'] as const;
const reports = ['text', 'json', 'junit', 'sarif', 'html', 'csv', 'github'] as const;
const signingFlags = ['key', 'cert', 'profile', 'pinFd', 'pinFile'] as const;

export const commands: readonly Command[] = [
  {
    name: 'demo',
    flags: ['seed', 'keep', 'out', 'key', 'pinFd', 'pinFile'],
    formats: plain,
    load: () => import('./commands/demo.ts'),
  },
  {
    name: 'init',
    flags: ['force', 'facility', 'out'],
    formats: plain,
    load: () => import('./commands/init.ts'),
  },
  { name: 'doctor', flags: ['key'], formats: plain, load: () => import('./commands/doctor.ts') },
  {
    name: 'generate claims',
    flags: ['count', 'seed', 'defects', 'rows', 'date', 'ruleset', 'facility', 'out', 'force'],
    formats: plain,
    load: () => import('./commands/generate-claims.ts'),
  },
  {
    name: 'generate statements',
    flags: ['count', 'seed', 'defects', 'date', 'out', 'force'],
    formats: plain,
    load: () => import('./commands/generate-statements.ts'),
  },
  {
    name: 'build claims',
    flags: ['from', 'out', 'facility', 'ruleset', 'date', 'compute', 'force', 'dryRun'],
    formats: plain,
    load: () => import('./commands/build-claims.ts'),
  },
  {
    name: 'validate',
    arguments: '<paths...>',
    flags: [
      'on',
      'ruleset',
      'preview',
      'catalogue',
      'facts',
      'facility',
      'requireSignature',
      'trust',
      'failOn',
      'warnOnly',
      'reveal',
      'workers',
    ],
    formats: reports,
    load: () => import('./commands/validate.ts'),
  },
  {
    name: 'sign',
    arguments: '<paths...>',
    flags: [...signingFlags, 'out', 'force', 'dryRun'],
    formats: plain,
    load: () => import('./commands/sign.ts'),
  },
  {
    name: 'verify',
    arguments: '<paths...>',
    flags: ['trust', 'crl', 'ocsp', 'profile', 'at', 'expectMst', 'reveal'],
    formats: reports,
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'explain',
    arguments: '<path>',
    flags: ['signature', 'on', 'ruleset', 'reveal', 'out', 'force'],
    formats: plain,
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'submit',
    arguments: '[paths...]',
    flags: [
      'facility',
      'list',
      'resume',
      'watch',
      'dryRun',
      'signWith',
      'cert',
      'pinFd',
      'pinFile',
      'journal',
      'concurrency',
      'maxRate',
      'untilTime',
      'stopOn',
    ],
    formats: reports,
    load: () => import('./commands/submit.ts'),
  },
  {
    name: 'journal show',
    flags: ['facility', 'journal', 'state', 'limit'],
    formats: plain,
    load: () => import('./commands/journal-show.ts'),
  },
  {
    name: 'journal verify',
    flags: ['facility', 'journal'],
    formats: plain,
    load: () => import('./commands/journal-verify.ts'),
  },
  {
    name: 'journal repair',
    flags: ['facility', 'journal', 'out'],
    formats: plain,
    load: () => import('./commands/journal-repair.ts'),
  },
  {
    name: 'journal resolve',
    arguments: '<item> <verdict>',
    flags: ['facility', 'journal', 'receipt'],
    formats: plain,
    load: () => import('./commands/journal-resolve.ts'),
  },
  {
    name: 'receipts',
    arguments: '[items...]',
    flags: ['facility', 'journal', 'out', 'force'],
    formats: plain,
    load: () => import('./commands/receipts.ts'),
  },
  {
    name: 'reconcile',
    flags: ['facility', 'journal', 'fromDay', 'toDay'],
    formats: plain,
    load: () => import('./commands/reconcile.ts'),
  },
  { name: 'token list', flags: ['module'], formats: plain, load: () => import('./commands/token-list.ts') },
  {
    name: 'status',
    arguments: '[ids...]',
    flags: ['facility', 'journal'],
    formats: plain,
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'card check',
    arguments: '<card>',
    flags: ['facility', 'name', 'birth', 'officer', 'officerId', 'reveal'],
    formats: plain,
    load: () => import('./commands/card-check.ts'),
  },
  {
    name: 'card history',
    arguments: '<card>',
    flags: ['facility', 'name', 'birth', 'officer', 'officerId', 'reveal'],
    formats: plain,
    load: () => import('./commands/card-history.ts'),
  },
  {
    name: 'checkin',
    arguments: '<paths...>',
    flags: ['facility', 'dryRun', 'signWith', 'cert', 'pinFd', 'pinFile', 'journal'],
    formats: reports,
    load: () => import('./commands/checkin.ts'),
  },
  {
    name: 'remittance parse',
    arguments: '[texts...]',
    flags: ['from', 'column', 'units', 'form', 'reveal'],
    formats: ['text', 'json', 'csv'],
    load: () => import('./commands/remittance-parse.ts'),
  },
  {
    name: 'remittance format',
    flags: ['unit', 'office', 'description', 'form', 'rail'],
    formats: plain,
    load: () => import('./commands/remittance-format.ts'),
  },
  {
    name: 'remittance qr',
    flags: ['bank', 'to', 'amount', 'unit', 'office', 'description', 'form', 'rail'],
    formats: plain,
    load: () => import('./commands/remittance-qr.ts'),
  },
  {
    name: 'build declaration',
    flags: ['from', 'out', 'key', 'cert', 'pinFd', 'pinFile', 'force', 'dryRun'],
    formats: plain,
    load: () => import('./commands/build-declaration.ts'),
  },
  {
    name: 'declarations diff',
    arguments: '<before> <after>',
    flags: ['month', 'from', 'out', 'force', 'reveal'],
    formats: plain,
    load: () => import('./commands/declarations-diff.ts'),
  },
  {
    name: 'contributions calculate',
    flags: [
      'month',
      'until',
      'salary',
      'roster',
      'region',
      'scheme',
      'absence',
      'reduced',
      'out',
      'force',
      'reveal',
    ],
    formats: ['text', 'json', 'csv'],
    load: () => import('./commands/contributions-calculate.ts'),
  },
  {
    name: 'codes list',
    arguments: '[list]',
    flags: ['on'],
    formats: plain,
    load: () => import('./commands/codes-list.ts'),
  },
  {
    name: 'payments reconcile',
    flags: ['statement', 'book', 'previous', 'run', 'work', 'resume'],
    formats: ['text', 'json', 'html', 'csv'],
    load: () => import('./commands/payments-reconcile.ts'),
  },
  { name: 'specs list', flags: [], formats: plain, load: () => import('./commands/specs-list.ts') },
  {
    name: 'specs show',
    arguments: '<ruleset> [part]',
    flags: [],
    formats: plain,
    load: () => import('./commands/specs-show.ts'),
  },
  {
    name: 'specs diff',
    arguments: '<from> <to>',
    flags: [],
    formats: plain,
    load: () => import('./commands/specs-diff.ts'),
  },
  {
    name: 'specs explain',
    arguments: '<what>',
    flags: ['ruleset', 'on'],
    formats: plain,
    load: () => import('./commands/specs-explain.ts'),
  },
  {
    name: 'mock start',
    flags: ['port', 'host', 'store', 'demo', 'legacy', 'rateLimit', 'readyFile'],
    formats: plain,
    load: () => import('./commands/mock-start.ts'),
  },
  {
    name: 'mock scenarios',
    arguments: '[name]',
    flags: ['readyFile'],
    formats: plain,
    load: () => import('./commands/mock-scenarios.ts'),
  },
  {
    name: 'mock clock',
    arguments: '[move] [value]',
    flags: ['readyFile'],
    formats: plain,
    load: () => import('./commands/mock-clock.ts'),
  },
  {
    name: 'mock reset',
    flags: ['readyFile'],
    formats: plain,
    load: () => import('./commands/mock-reset.ts'),
  },
  {
    name: 'completion',
    arguments: '<shell>',
    flags: [],
    formats: plain,
    load: () => import('./commands/completion.ts'),
  },
];
