/** One option, defined once: parser, help, completion and docs/cli.md all come from here. */
export interface Flag {
  /** Commander's syntax; the sentence is in the message catalogue under the flag's name. */
  readonly syntax: string;
  readonly choices?: readonly string[];
  /** May be given several times; the value is then a list. */
  readonly repeats?: true;
  readonly default?: string;
}

const flagTable = {
  format: { syntax: '--format <format>', default: 'text' },
  output: { syntax: '--output <file>' },
  lang: { syntax: '--lang <language>', choices: ['vi', 'en'] },
  account: { syntax: '--account <name>' },
  env: { syntax: '--env <environment>', choices: ['mock', 'training', 'production'] },
  url: { syntax: '--url <address>' },
  config: { syntax: '--config <file>' },
  quiet: { syntax: '--quiet' },
  noColor: { syntax: '--no-color' },
  on: { syntax: '--on <date>' },
  ruleset: { syntax: '--ruleset <id>' },
  preview: { syntax: '--preview' },
  catalogue: { syntax: '--catalogue <file>', repeats: true },
  facts: { syntax: '--facts <file>' },
  facility: { syntax: '--facility <code>' },
  requireSignature: { syntax: '--require-signature' },
  trust: { syntax: '--trust <pem>', repeats: true },
  failOn: { syntax: '--fail-on <severity>', choices: ['error', 'warning'], default: 'error' },
  warnOnly: { syntax: '--warn-only <rule>', repeats: true },
  reveal: { syntax: '--reveal' },
  workers: { syntax: '--workers <number>' },
  count: { syntax: '--count <number>', default: '10' },
  seed: { syntax: '--seed <number>', default: '1' },
  defects: { syntax: '--defects <rate>', default: '0' },
  rows: { syntax: '--rows <number>' },
  date: { syntax: '--date <date>' },
  out: { syntax: '--out <path>' },
  force: { syntax: '--force' },
  from: { syntax: '--from <path>' },
  compute: { syntax: '--compute-summary' },
  key: { syntax: '--key <ref>' },
  cert: { syntax: '--cert <pem>' },
  profile: { syntax: '--profile <name>' },
  pinFile: { syntax: '--pin-file <file>' },
  pinFd: { syntax: '--pin-fd <number>' },
  at: { syntax: '--at <when>' },
  expectMst: { syntax: '--expect-mst <number>' },
  crl: { syntax: '--crl <file>', repeats: true },
  ocsp: { syntax: '--ocsp <file>', repeats: true },
  signature: { syntax: '--signature' },
  resume: { syntax: '--resume' },
  dryRun: { syntax: '--dry-run' },
  signWith: { syntax: '--sign-with <ref>' },
  journal: { syntax: '--journal <path>' },
  concurrency: { syntax: '--concurrency <number>' },
  port: { syntax: '--port <number>', default: '0' },
  host: { syntax: '--host <address>', default: '127.0.0.1' },
  store: { syntax: '--store <where>' },
  demo: { syntax: '--demo' },
  readyFile: { syntax: '--ready-file <file>' },
  name: { syntax: '--name <name>' },
  birth: { syntax: '--birth <date>' },
  officer: { syntax: '--officer <name>' },
  officerId: { syntax: '--officer-id <cccd>' },
  keep: { syntax: '--keep' },
  month: { syntax: '--month <month>' },
  until: { syntax: '--until <month>' },
  salary: { syntax: '--salary <amount>' },
  roster: { syntax: '--roster <file>' },
  region: { syntax: '--region <number>', choices: ['1', '2', '3', '4'], default: '1' },
  scheme: { syntax: '--scheme <scheme>', choices: ['enterprise', 'state', 'foreign'], default: 'enterprise' },
  absence: { syntax: '--absence <reason>', choices: ['unpaid', 'sickness', 'maternity'] },
  reduced: { syntax: '--reduced' },
  column: { syntax: '--column <name>' },
  units: { syntax: '--units <file>' },
  unit: { syntax: '--unit <code>' },
  office: { syntax: '--office <code>' },
  description: { syntax: '--description <text>' },
  form: { syntax: '--form <form>', choices: ['plus', 'space', 'short'] },
  rail: { syntax: '--rail <rail>' },
  bank: { syntax: '--bank <code>' },
  to: { syntax: '--to <account>' },
  amount: { syntax: '--amount <number>' },
} as const;

export type FlagName = keyof typeof flagTable;

export const flags: Readonly<Record<FlagName, Flag>> = flagTable;

/** Options that every command takes. */
export const everywhere: readonly FlagName[] = [
  'format',
  'output',
  'lang',
  'account',
  'env',
  'url',
  'config',
  'quiet',
  'noColor',
];
