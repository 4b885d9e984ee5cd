/** What is said about tokens, in one language. */
export interface TokenWords {
  readonly 'pin-count-low': string;
  readonly keypad: string;
  readonly none: string;
  readonly noDriver: string;
  readonly module: string;
  readonly slot: string;
  readonly certificate: string;
  readonly noCertificate: string;
  readonly key: string;
  readonly issuer: string;
  readonly fingerprint: string;
  readonly validity: string;
  readonly mechanisms: string;
  readonly pinLength: string;
  readonly onKeypad: string;
  readonly pin: Readonly<Record<'ok' | 'count-low' | 'final-try' | 'locked' | 'not-set', string>>;
  readonly daysLeft: (days: number) => string;
  readonly expired: (days: number) => string;
  readonly notYet: string;
  readonly verified: string;
  readonly perSignature: string;
}

export const tokenWordsEn: TokenWords = {
  'pin-count-low': 'a wrong PIN was given before; few attempts are left',
  keypad: 'type the PIN on the keypad of the token',
  none: 'No token is plugged in.',
  noDriver: 'no driver found; install the one of the token, or name it with --module',
  module: 'Module',
  slot: 'Slot',
  certificate: 'Certificate',
  noCertificate: 'none shown without login',
  key: 'Key',
  issuer: 'Issued by',
  fingerprint: 'SHA-256',
  validity: 'Valid',
  mechanisms: 'Signs by',
  pinLength: 'PIN length',
  onKeypad: 'typed on the token',
  pin: {
    ok: 'ok',
    'count-low': 'few attempts left',
    'final-try': 'one attempt left',
    locked: 'locked',
    'not-set': 'not set',
  },
  daysLeft: (days) => `${days} days left`,
  expired: (days) => `expired ${days} days ago`,
  notYet: 'not yet valid',
  verified: 'signed and verified',
  perSignature: 'ms a signature',
};

export const tokenWordsVi: TokenWords = {
  'pin-count-low': 'đã có lần nhập sai PIN; chỉ còn ít lần thử',
  keypad: 'nhập PIN trên bàn phím của token',
  none: 'Chưa cắm token nào.',
  noDriver: 'không tìm thấy trình điều khiển; cài trình điều khiển của token hoặc chỉ ra bằng --module',
  module: 'Thư viện',
  slot: 'Khe cắm',
  certificate: 'Chứng thư số',
  noCertificate: 'không có chứng thư nào xem được khi chưa đăng nhập',
  key: 'Khoá',
  issuer: 'Nơi cấp',
  fingerprint: 'SHA-256',
  validity: 'Hiệu lực',
  mechanisms: 'Ký bằng',
  pinLength: 'Độ dài PIN',
  onKeypad: 'nhập trên token',
  pin: {
    ok: 'bình thường',
    'count-low': 'còn ít lần thử',
    'final-try': 'còn một lần thử',
    locked: 'đã khoá',
    'not-set': 'chưa đặt',
  },
  daysLeft: (days) => `còn ${days} ngày`,
  expired: (days) => `đã hết hạn ${days} ngày`,
  notYet: 'chưa có hiệu lực',
  verified: 'ký và kiểm tra thành công',
  perSignature: 'ms mỗi chữ ký',
};
