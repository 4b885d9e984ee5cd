import type { Language } from '../terminal/language.ts';

/** Words of the queue and its workers. */
export interface WorkerMessages {
  readonly worker: string;
  readonly running: string;
  readonly sent: string;
  readonly since: string;
  readonly seen: string;
  readonly sender: string;
  readonly waiting: string;
  readonly scheduled: string;
  readonly sending: string;
  readonly oldest: string;
  readonly deadline: string;
  readonly perMinute: string;
  readonly paused: string;
  readonly states: Readonly<Record<'alive' | 'lost' | 'ended', string>>;
  readonly serving: (values: { readonly worker: string; readonly senders: string }) => string;
  readonly leftAlone: (values: { readonly sender: string; readonly seconds: number | null }) => string;
  readonly queued: (values: { readonly count: number }) => string;
}

export const workerMessages: Readonly<Record<Language, WorkerMessages>> = {
  en: {
    worker: 'worker',
    running: 'busy',
    sent: 'sent',
    since: 'since',
    seen: 'heard',
    sender: 'sender',
    waiting: 'waiting',
    scheduled: 'scheduled',
    sending: 'sending',
    oldest: 'oldest',
    deadline: 'deadline',
    perMinute: 'per minute',
    paused: 'paused until',
    states: { alive: 'alive', lost: 'LOST', ended: 'ended' },
    serving: ({ worker, senders }) => `Worker ${worker} serves ${senders}`,
    leftAlone: ({ sender, seconds }) =>
      seconds === null ? `${sender} is not served any more` : `${sender} is left alone for ${seconds} s`,
    queued: ({ count }) => `${count} queued`,
  },
  vi: {
    worker: 'tiến trình',
    running: 'đang bận',
    sent: 'đã gửi',
    since: 'từ lúc',
    seen: 'nghe thấy',
    sender: 'bên gửi',
    waiting: 'đang chờ',
    scheduled: 'đã lên lịch',
    sending: 'đang gửi',
    oldest: 'lâu nhất',
    deadline: 'hạn',
    perMinute: 'mỗi phút',
    paused: 'tạm dừng đến',
    states: { alive: 'đang chạy', lost: 'MẤT LIÊN LẠC', ended: 'đã dừng' },
    serving: ({ worker, senders }) => `Tiến trình ${worker} phục vụ ${senders}`,
    leftAlone: ({ sender, seconds }) =>
      seconds === null ? `Không phục vụ ${sender} nữa` : `Tạm không gửi cho ${sender} trong ${seconds} giây`,
    queued: ({ count }) => `${count} tệp đã vào hàng đợi`,
  },
};
