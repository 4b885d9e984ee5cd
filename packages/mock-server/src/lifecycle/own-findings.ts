import { en } from '../messages/en.ts';
import type { OwnCode } from '../messages/messages.ts';
import { vi } from '../messages/vi.ts';
import type { ShownFinding } from './outcome.ts';

export function ownFinding(code: OwnCode, value: string, ruleId: string = code, path = ''): ShownFinding {
  return {
    ruleId,
    code,
    severity: 'error',
    path,
    message: { vi: vi.findings[code](value), en: en.findings[code](value) },
  };
}
