import { BhxhError } from '../errors/bhxh-error.ts';

/** The journal contradicts itself; it is repaired into a new file, never in place. */
export function damagedJournal(path: string, where: string): BhxhError {
  return new BhxhError({
    code: 'ERR_JOURNAL_DAMAGED',
    category: 'input',
    retry: 'never',
    message: {
      vi: `Nhật ký gửi bị hỏng (${where}): ${path}. Không gửi gì cho tới khi sửa xong`,
      en: `The submission journal is damaged (${where}): ${path}. Nothing is sent until it is repaired`,
    },
    hint: {
      vi: 'Chạy "bhxh journal verify" rồi "bhxh journal repair"',
      en: 'Run "bhxh journal verify", then "bhxh journal repair"',
    },
  });
}

const damageCodes = /^SQLITE_(?:CORRUPT|NOTADB|IOERR_SHORT_READ)/;

/** Any failure of the store as a BhxhError; one that is known already passes. */
export function journalFault(error: unknown, path: string): unknown {
  if (error instanceof BhxhError) return error;
  const code = (error as { code?: unknown } | null)?.code;
  if (error instanceof SyntaxError || error instanceof TypeError) return damagedJournal(path, error.message);
  if (typeof code === 'string' && damageCodes.test(code)) return damagedJournal(path, code);
  const name = typeof code === 'string' ? code : 'UNKNOWN';
  const full = name === 'ENOSPC' || name === 'SQLITE_FULL' || name === 'EDQUOT';
  return new BhxhError({
    code: 'ERR_JOURNAL_UNWRITABLE',
    category: 'input',
    retry: 'after-check',
    message: {
      vi: `Không ghi được nhật ký gửi (${name}): ${path}. Đã dừng gửi`,
      en: `The submission journal cannot be written (${name}): ${path}. Sending has stopped`,
    },
    hint: full
      ? {
          vi: 'Giải phóng dung lượng đĩa rồi chạy lại với --resume',
          en: 'Free disk space, then run again with --resume',
        }
      : {
          vi: 'Kiểm tra quyền và ổ đĩa rồi chạy lại với --resume',
          en: 'Check permissions and the disk, then run again with --resume',
        },
    cause: error,
  });
}
