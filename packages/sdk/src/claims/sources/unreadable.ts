import { BhxhError } from '../../errors/bhxh-error.ts';

/** A file that cannot be opened. */
export function unreadable(path: string, cause: unknown): BhxhError {
  return new BhxhError({
    code: 'ERR_FILE_UNREADABLE',
    category: 'input',
    retry: 'never',
    message: { vi: `Không đọc được ${path}.`, en: `${path} cannot be read.` },
    hint: { vi: 'Kiểm tra đường dẫn và quyền đọc.', en: 'Check the path and the permission to read it.' },
    cause,
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a file that must be UTF-8. */
export function decodeUtf8(bytes: Uint8Array, path: string): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new BhxhError({
      code: 'ERR_FILE_NOT_UTF8',
      category: 'input',
      retry: 'never',
      message: { vi: `${path} không phải UTF-8.`, en: `${path} is not UTF-8.` },
      hint: {
        vi: 'Trong Excel chọn "CSV UTF-8 (Comma delimited)" khi lưu.',
        en: 'In Excel choose "CSV UTF-8 (Comma delimited)" when saving.',
      },
      cause,
    });
  }
}
