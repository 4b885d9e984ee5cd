import type { Language } from '../terminal/language.ts';

/** Words of the conformance kit. */
export interface ConformanceMessages {
  readonly verdict: Readonly<Record<'passed' | 'failed' | 'skipped' | 'undetermined', string>>;
  readonly title: Readonly<Record<'server' | 'client', string>>;
  readonly conforms: string;
  readonly conformsNot: string;
  readonly part: string;
  readonly fields: Readonly<
    Record<'number' | 'issued' | 'subject' | 'suite' | 'tool' | 'specs' | 'cases' | 'digest', string>
  >;
  readonly missing: string;
  readonly step: string;
  readonly found: string;
  readonly wanted: string;
  /** Said to whoever drives a client by hand. */
  readonly give: (values: {
    readonly id: string;
    readonly what: string;
    readonly url: string;
    readonly folder: string;
    readonly seconds: number;
  }) => string;
}

export const conformanceMessages: Readonly<Record<Language, ConformanceMessages>> = {
  en: {
    verdict: { passed: 'passed', failed: 'failed', skipped: 'skipped', undetermined: 'undetermined' },
    title: { server: 'Conformance of a server', client: 'Conformance of a client' },
    conforms: 'CONFORMS',
    conformsNot: 'DOES NOT CONFORM',
    part: 'ONLY SOME CASES WERE PLAYED',
    fields: {
      number: 'Number',
      issued: 'Issued',
      subject: 'Subject',
      suite: 'Suite',
      tool: 'Tool',
      specs: 'Specifications',
      cases: 'Cases',
      digest: 'SHA-256',
    },
    missing: 'not there',
    step: 'step',
    found: 'found',
    wanted: 'wanted',
    give: ({ id, what, url, folder, seconds }) =>
      `${id}: ${what}\n  server ${url}, documents and account in ${folder}, ${seconds} s\n`,
  },
  vi: {
    verdict: { passed: 'đạt', failed: 'không đạt', skipped: 'bỏ qua', undetermined: 'không xác định' },
    title: { server: 'Kiểm tra sự phù hợp của máy chủ', client: 'Kiểm tra sự phù hợp của phần mềm gửi' },
    conforms: 'PHÙ HỢP',
    conformsNot: 'KHÔNG PHÙ HỢP',
    part: 'CHỈ CHẠY MỘT PHẦN',
    fields: {
      number: 'Số',
      issued: 'Ngày cấp',
      subject: 'Đối tượng',
      suite: 'Bộ kiểm tra',
      tool: 'Công cụ',
      specs: 'Đặc tả',
      cases: 'Trường hợp',
      digest: 'SHA-256',
    },
    missing: 'không có',
    step: 'bước',
    found: 'nhận được',
    wanted: 'cần',
    give: ({ id, what, url, folder, seconds }) =>
      `${id}: ${what}\n  máy chủ ${url}, hồ sơ và tài khoản trong ${folder}, ${seconds} giây\n`,
  },
};
