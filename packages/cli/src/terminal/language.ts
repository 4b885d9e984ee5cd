export type Language = 'vi' | 'en';

/** Vietnamese unless the locale clearly asks for another language; C, POSIX and nothing at all mean Vietnamese. */
export function languageFrom(environment: Readonly<Record<string, string | undefined>>): Language {
  const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || '';
  const language = locale.split(/[._@]/)[0] ?? '';
  if (language === '' || language === 'C' || language === 'POSIX' || language.startsWith('vi')) return 'vi';
  return 'en';
}
