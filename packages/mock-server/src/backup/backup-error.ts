import { BhxhError } from '@bhxh/sdk/errors';
import { en } from '../messages/en.ts';
import type { BackupProblem } from '../messages/messages.ts';
import { vi } from '../messages/vi.ts';

/** Why a backup cannot be used, or a store cannot take one; the file and the store are as they were. */
export function backupError(problem: BackupProblem, detail: string): BhxhError {
  const { message, hint } = en.backup[problem](detail);
  const spoken = vi.backup[problem](detail);
  return new BhxhError({
    code: `ERR_BACKUP_${problem}`,
    category: problem === 'STORE_NOT_EMPTY' ? 'usage' : 'input',
    retry: 'never',
    message: { vi: spoken.message, en: message },
    hint: { vi: spoken.hint, en: hint },
  });
}
