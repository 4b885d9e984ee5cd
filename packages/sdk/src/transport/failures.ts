import { type Bilingual, BhxhError, type BhxhErrorOptions } from '../errors/bhxh-error.ts';
import type { WireFailure } from './wire.ts';

/** What a call does at the server: a `read` may always be repeated, a `write` only when it cannot have arrived. */
export type Effect = 'read' | 'write';

/** The error for an exchange that brought no answer. */
export function failureOf(failure: WireFailure, effect: Effect, host: string): BhxhError {
  const cause = failure;
  if (failure.reason === 'aborted' && (failure.phase === 'before-send' || effect === 'read')) {
    return new BhxhError({
      code: 'ERR_INTERRUPTED',
      category: 'network',
      retry: 'safe',
      message: { vi: 'Đã dừng trước khi gửi', en: 'Stopped before sending' },
      cause,
    });
  }
  if (failure.reason === 'certificate' || failure.reason === 'tls') {
    return new BhxhError({
      code: failure.reason === 'tls' ? 'ERR_TLS_REFUSED' : 'ERR_CERTIFICATE_REFUSED',
      category: 'network',
      retry: 'never',
      message: {
        vi: `Không thiết lập được kết nối an toàn tới ${host} (${failure.code})`,
        en: `No secure connection to ${host} (${failure.code})`,
      },
      hint: {
        vi: 'Kiểm tra địa chỉ, đồng hồ máy và chứng thư của máy chủ; kết nối cần TLS 1.2 trở lên',
        en: "Check the address, this machine's clock and the server's certificate; TLS 1.2 or later is required",
      },
      cause,
    });
  }
  if (failure.reason === 'proxy') return proxyRefusal(cause);
  if (failure.phase === 'after-send' && effect === 'write') return noAnswer(host, failure.reason, cause);
  if (failure.reason === 'timeout') {
    return new BhxhError({
      code: failure.phase === 'before-send' ? 'ERR_TIMEOUT_BEFORE_SEND' : 'ERR_TIMEOUT',
      category: 'network',
      retry: 'safe',
      message: { vi: `${host} không trả lời kịp thời hạn`, en: `${host} did not answer in time` },
      cause,
    });
  }
  return new BhxhError({
    code: 'ERR_UNREACHABLE',
    category: 'network',
    retry: 'safe',
    message: {
      vi: `Không kết nối được tới ${host} (${failure.code})`,
      en: `Cannot reach ${host} (${failure.code})`,
    },
    hint: {
      vi: 'Kiểm tra mạng, DNS, tường lửa và địa chỉ IP đã đăng ký với BHXH',
      en: 'Check the network, DNS, the firewall and the internet address registered at VSS',
    },
    cause,
  });
}

/** A write whose answer was lost after its first byte left: it may have been stored. */
export function noAnswer(host: string, reason: string, cause: unknown): BhxhError {
  return new BhxhError({
    code: 'ERR_NO_ANSWER_AFTER_SEND',
    category: 'unknown-outcome',
    retry: 'after-check',
    message: {
      vi: `Đã gửi tới ${host} nhưng không nhận được trả lời (${reason}); chưa biết cổng đã nhận hay chưa`,
      en: `Sent to ${host}, but the answer was lost (${reason}); whether it was received is unknown`,
    },
    hint: askFirst,
    cause,
  });
}

export const askFirst: Bilingual = {
  vi: 'Đừng gửi lại ngay: hỏi trạng thái trước (bhxh submit --resume)',
  en: 'Do not send it again yet: ask for its status first (bhxh submit --resume)',
};

export function proxyRefusal(cause?: unknown): BhxhError {
  return new BhxhError({
    code: 'ERR_PROXY_AUTH',
    category: 'usage',
    retry: 'never',
    message: {
      vi: 'Máy chủ proxy đòi xác thực (407)',
      en: 'The proxy asks for authentication (407)',
    },
    hint: {
      vi: 'Đặt tên và mật khẩu proxy trong HTTPS_PROXY, hoặc loại trừ máy chủ này bằng NO_PROXY',
      en: "Put the proxy's user name and password into HTTPS_PROXY, or exempt this host with NO_PROXY",
    },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** An answer that is not the gateway's: kept with the error, masked, for support. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
  readonly status: number;
  readonly contentType: string;
  readonly bytes: number;
  /** The beginning with digits and words masked. */
  readonly excerpt: string;

  constructor(why: string, status: number, contentType: string, bytes: number, excerpt: string) {
    super(why);
    this.status = status;
    this.contentType = contentType;
    this.bytes = bytes;
    this.excerpt = excerpt;
  }
}

/** For a write the outcome is unknown; a read may be repeated. */
export function unreadableAnswer(effect: Effect, host: string, cause: UnreadableAnswer): BhxhError {
  const message: Bilingual = {
    vi: `Trả lời của ${host} không đọc được: ${cause.message}`,
    en: `The answer of ${host} cannot be read: ${cause.message}`,
  };
  return effect === 'write'
    ? new BhxhError({
        code: 'ERR_ANSWER_UNREADABLE',
        category: 'unknown-outcome',
        retry: 'after-check',
        message,
        hint: askFirst,
        cause,
      })
    : new BhxhError({
        code: 'ERR_ANSWER_UNREADABLE',
        category: 'unavailable',
        retry: 'safe',
        message,
        cause,
      });
}

/** The same error with the retries that were spent on it told in the message. */
export function gaveUp(error: BhxhError, attempts: number, why: Bilingual): BhxhError {
  const { code, category, retry, hint, requestId, official } = error;
  const options: BhxhErrorOptions = {
    code,
    category,
    retry,
    message: {
      vi: `${error.sentences.vi} (sau ${attempts} lần gửi; ${why.vi})`,
      en: `${error.sentences.en} (after ${attempts} sends; ${why.en})`,
    },
    cause: error.cause,
    ...(hint ? { hint } : {}),
    ...(requestId ? { requestId } : {}),
    ...(official ? { official } : {}),
  };
  return new BhxhError(options);
}
