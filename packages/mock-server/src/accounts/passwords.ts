import { readSpec } from '../contract/specs-folder.ts';

/** Why a password cannot be taken: too short, too long, one that attackers try first, or the name itself. */
export type PasswordFault = 'TOO_SHORT' | 'TOO_LONG' | 'BREACHED' | 'LIKE_NAME';

const SHORTEST = 12;
const LONGEST = 128;

interface PasswordPolicy {
  readonly breached: readonly string[];
}

let breached: ReadonlySet<string> | undefined;

const plain = (text: string): string => text.normalize('NFKC').toLowerCase();

/** Length and the list of known passwords; no rules of composition, which make passwords worse. */
export function passwordFault(password: string, username: string): PasswordFault | undefined {
  const length = [...password].length;
  if (length < SHORTEST) return 'TOO_SHORT';
  if (length > LONGEST) return 'TOO_LONG';
  breached ??= new Set((readSpec('scenarios/register/passwords.yaml') as PasswordPolicy).breached.map(plain));
  const candidate = plain(password);
  // A known password does not become another one by repeating it or by digits at its end.
  const stem = candidate.replace(/[\d!@#.]+$/u, '');
  if (breached.has(candidate) || breached.has(stem) || /^(.{1,6})\1+$/u.test(candidate)) return 'BREACHED';
  return candidate.includes(plain(username)) ? 'LIKE_NAME' : undefined;
}
