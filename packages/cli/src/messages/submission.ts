import type { Language } from '../terminal/language.ts';

/** Words of submitting and of its reports. */
export interface SubmissionMessages {
  readonly wouldSend: string;
  readonly exit: string;
  readonly deadline: Readonly<Record<'overdue' | 'near', string>>;
  /** What to do about documents in a state. */
  readonly next: Readonly<Record<string, string>>;
  readonly left: string;
  /** What a comparison with the server finds. */
  readonly reconcile: Readonly<Record<'confirmed' | 'foreign' | 'doubled' | 'missing', string>>;
  readonly line: (values: { readonly concurrency: number }) => string;
  /** `seconds` by which the server is ahead; below zero when it is behind. */
  readonly skew: (values: { readonly seconds: number; readonly host: string }) => string;
  /** The run that was told to send `named` was interrupted when it had read `count` documents. */
  readonly unread: (values: { readonly count: number; readonly named: string }) => string;
  readonly unreadBefore: (values: { readonly named: string }) => string;
  readonly deferred: (values: { readonly count: number; readonly until: string }) => string;
}

export const submissionMessages: Readonly<Record<Language, SubmissionMessages>> = {
  en: {
    wouldSend: 'would be sent',
    exit: 'Exit',
    deadline: { overdue: 'past the legal deadline', near: 'near the legal deadline' },
    next: {
      planned: 'bhxh submit --resume',
      unknown: 'bhxh submit --resume; where the server cannot be asked: bhxh journal resolve',
      rejected: 'correct it and submit it again',
      refused: 'correct it and submit it again',
    },
    left: 'left',
    reconcile: {
      confirmed: 'confirmed',
      foreign: 'at the server, not in this journal',
      doubled: 'at the server twice',
      missing: 'accepted but not at the server',
    },
    line: ({ concurrency }) => `${concurrency} at a time`,
    skew: ({ seconds, host }) =>
      `WARN_CLOCK_SKEW: this machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'behind' : 'ahead of'} the clock of ${host}; set it before signing.`,
    unread: ({ count, named }) =>
      `WARN_NOT_ALL_READ: interrupted after ${count} documents; what was not read is not in the journal. Run the same command once more (bhxh ${named} …): what is there already is not sent twice.`,
    unreadBefore: ({ named }) =>
      `WARN_NOT_ALL_READ: an earlier run was interrupted while reading its documents, and what it had not read is not in the journal. Run it once more: bhxh ${named} …`,
    deferred: ({ count, until }) =>
      `${count} too large for this hour; they can be sent from ${until}: bhxh submit --resume`,
  },
  vi: {
    wouldSend: 'sẽ được gửi',
    exit: 'Mã thoát',
    deadline: { overdue: 'quá hạn theo quy định', near: 'sắp đến hạn theo quy định' },
    next: {
      planned: 'bhxh submit --resume',
      unknown: 'bhxh submit --resume; nếu máy chủ không cho hỏi: bhxh journal resolve',
      rejected: 'sửa rồi gửi lại',
      refused: 'sửa rồi gửi lại',
    },
    left: 'còn lại',
    reconcile: {
      confirmed: 'đã xác nhận',
      foreign: 'có ở máy chủ, không có trong nhật ký này',
      doubled: 'có hai lần ở máy chủ',
      missing: 'đã tiếp nhận nhưng máy chủ không có',
    },
    line: ({ concurrency }) => `${concurrency} lượt song song`,
    skew: ({ seconds, host }) =>
      `WARN_CLOCK_SKEW: đồng hồ máy này ${seconds > 0 ? 'chậm' : 'nhanh'} ${Math.abs(seconds)} giây so với ${host}; hãy chỉnh trước khi ký.`,
    unread: ({ count, named }) =>
      `WARN_NOT_ALL_READ: bị ngắt khi mới đọc ${count} hồ sơ; phần chưa đọc không có trong nhật ký. Chạy lại đúng lệnh đó (bhxh ${named} …): hồ sơ đã có không bị gửi hai lần.`,
    unreadBefore: ({ named }) =>
      `WARN_NOT_ALL_READ: lần chạy trước bị ngắt khi đang đọc hồ sơ; phần chưa đọc không có trong nhật ký. Chạy lại: bhxh ${named} …`,
    deferred: ({ count, until }) =>
      `${count} tệp quá lớn vào giờ này; gửi được từ ${until}: bhxh submit --resume`,
  },
};
