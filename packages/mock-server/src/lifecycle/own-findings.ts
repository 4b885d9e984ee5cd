import type { Bilingual } from '@bhxh/sdk/errors';
import type { ShownFinding } from './outcome.ts';

/** Findings this server adds to the validator's: what only the receiver can know. */
type OwnCode =
  | 'SCENARIO'
  | 'SIGNATURE_REQUIRED'
  | 'SIGNATURE_REFUSED'
  | 'FACILITY_MATCH'
  | 'CLAIM_COUNT'
  | 'KIND_UNEXPECTED';

const sentences: Record<OwnCode, (value: string) => Bilingual> = {
  SCENARIO: (name) => ({
    vi: `Kịch bản ${name} từ chối hồ sơ này.`,
    en: `Scenario ${name} rejects this document.`,
  }),
  SIGNATURE_REQUIRED: (day) => ({
    vi: `Hồ sơ chưa ký số; bắt buộc với đợt điều trị kết thúc từ ${day}.`,
    en: `The document is not signed, as it must be for episodes that end on or after ${day}.`,
  }),
  SIGNATURE_REFUSED: (reason) => ({
    vi: `Chữ ký số không được chấp nhận: ${reason}.`,
    en: `The signature is not accepted: ${reason}.`,
  }),
  FACILITY_MATCH: (sender) => ({
    vi: `MACSKCB của tệp khác mã cơ sở của tài khoản gửi (${sender}).`,
    en: `MACSKCB of the file is not the facility of the sending account (${sender}).`,
  }),
  CLAIM_COUNT: (count) => ({
    vi: `Một lần gửi qua API có đúng một hồ sơ; tệp này có ${count}.`,
    en: `One call of the interface carries exactly one claim; this file has ${count}.`,
  }),
  KIND_UNEXPECTED: (expected) => ({
    vi: `Tài liệu không đúng loại; ở đây nhận ${expected}.`,
    en: `The document is of another kind; ${expected} is expected here.`,
  }),
};

export function ownFinding(code: OwnCode, value: string, ruleId: string = code, path = ''): ShownFinding {
  return { ruleId, code, severity: 'error', path, message: sentences[code](value) };
}
