import { BhxhError } from '../errors/bhxh-error.ts';
import { gatewaySentence } from '../messages/gateway/index.ts';
import { gatewayError } from '../transport/gateway-error.ts';

/** The journal contradicts itself; it is repaired into a new file, never in place. */
export function damagedJournal(path: string, where: string): BhxhError {
  return gatewayError('ERR_JOURNAL_DAMAGED', { category: 'input', retry: 'never', values: { path, where } });
}

const damageCodes = /^SQLITE_(?:CORRUPT|NOTADB|IOERR_SHORT_READ)/;
const fullCodes: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);

/** Any failure of the store as a BhxhError; one that is known already passes. */
export function journalFault(error: unknown, path: string): unknown {
  if (error instanceof BhxhError) return error;
  const own = (error as { code?: unknown } | null)?.code;
  const code = typeof own === 'string' ? own : 'UNKNOWN';
  if (damageCodes.test(code)) return damagedJournal(path, code);
  return gatewayError('ERR_JOURNAL_UNWRITABLE', {
    category: 'input',
    retry: 'after-check',
    values: { path, code },
    hint: fullCodes.has(code) ? gatewaySentence('DISK_FULL') : undefined,
    cause: error,
  });
}
