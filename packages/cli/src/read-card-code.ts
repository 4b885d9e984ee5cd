import { readIdentityCode } from '@bhxh/sdk/identifiers';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from './cli-error.ts';
import type { CommandContext } from './command-context.ts';

/** Who a scanned code names: the number to look up, the name, and the birth date as the gateway writes it. */
export interface ScannedPerson {
  readonly number: string;
  readonly name: string;
  /** `dd/MM/yyyy`, or the year alone. */
  readonly birth: string;
}

/**
 * Reads the text of a scanned code; `-` takes one line of standard input, so that it stays out of the shell's history.
 *
 * @throws BhxhError ERR_QR_UNREADABLE, which names the parts that do not fit and never quotes them.
 */
export async function readCardCode(context: CommandContext, given: string): Promise<ScannedPerson> {
  const text = given === '-' ? await firstLine(context.stdin) : given;
  const { fields, problems } = readIdentityCode(text, openSpecifications().identityCodes);
  const number = fields.card ?? fields.citizenId;
  const { fullName: name, birthDate } = fields;
  if (number === undefined || name === undefined || birthDate === undefined) {
    const why = problems.map(({ code, field }) => (field === undefined ? code : `${code} ${field}`));
    throw cliError('ERR_QR_UNREADABLE', { why: why.join(', ') });
  }
  return { number, name, birth: birthDate.split('-').reverse().join('/') };
}

/** No code is longer; what comes after it is not read. */
const LONGEST_LINE = 8192;

async function firstLine(stdin: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (chunk.includes(0x0a) || size > LONGEST_LINE) break;
  }
  return Buffer.concat(chunks).toString('utf8').split('\n', 1)[0] ?? '';
}
