/** Why a call of the bank gateway is refused; the codes are stable. */
export const paymentSentences = {
  NO_PARTY: {
    vi: 'Tài khoản không thuộc ngân hàng hay cơ quan BHXH nào.',
    en: 'The account acts for no bank and no office.',
  },
  NOT_YOURS: {
    vi: 'Không có dữ liệu này của ngân hàng hoặc cơ quan BHXH đang gọi.',
    en: 'The calling bank or office has nothing like this.',
  },
  SIDE_WRONG: {
    vi: 'Chức năng này do bên kia thực hiện.',
    en: 'This function belongs to the other side.',
  },
  DUTY_MISSING: {
    vi: 'Tài khoản không được giao nhiệm vụ này.',
    en: 'The account does not have this duty.',
  },
  MAKER_IS_CHECKER: {
    vi: 'Người lập không được kiểm soát hay phê duyệt bản ghi của mình.',
    en: 'Whoever made a record may not check or approve it.',
  },
  VERSION_MISSING: {
    vi: 'Thiếu If-Match: cần cho biết phiên bản đã đọc.',
    en: 'If-Match is missing: say which version was read.',
  },
  VERSION_CHANGED: {
    vi: 'Bản ghi đã được người khác thay đổi; hãy đọc lại rồi thực hiện.',
    en: 'Somebody changed the record meanwhile; read it again first.',
  },
  STATE_WRONG: {
    vi: 'Trạng thái hiện tại không cho phép bước này.',
    en: 'The record is in a state that does not allow this step.',
  },
  NOTE_MISSING: { vi: 'Bước này phải ghi lý do.', en: 'This step needs a note.' },
  NOTE_TOO_LONG: { vi: 'Lý do quá dài.', en: 'The note is too long.' },
  BANK_NOT_LIVE: {
    vi: 'Ngân hàng này chưa kết nối song phương vào ngày hiện tại.',
    en: 'This bank is not connected yet on the current day.',
  },
  ENVELOPE_WRONG: {
    vi: 'Thông điệp không đúng khuôn dạng.',
    en: 'The message is not in the expected form.',
  },
  ENVELOPE_SENDER: {
    vi: 'Bên gửi trong thông điệp không phải bên đang gọi.',
    en: 'The sender of the message is not the caller.',
  },
  ENVELOPE_RECEIVER: {
    vi: 'Bên nhận trong thông điệp không đúng.',
    en: 'The receiver of the message is not the one it goes to.',
  },
  MESSAGE_UNEXPECTED: {
    vi: 'Loại thông điệp không dùng cho chức năng này.',
    en: 'This kind of message does not belong to this function.',
  },
  SIGNATURE_INVALID: {
    vi: 'Chữ ký của thông điệp không hợp lệ.',
    en: 'The signature of the message is not valid.',
  },
  CERTIFICATE_NOT_REGISTERED: {
    vi: 'Chứng thư số ký thông điệp chưa được đăng ký cho bên gửi.',
    en: 'The certificate of the signature is not registered for the sender.',
  },
  MESSAGE_ID_REUSED: {
    vi: 'Mã thông điệp đã dùng cho nội dung khác.',
    en: 'This message id was used for another content.',
  },
  MESSAGE_REFUSED: {
    vi: 'Từ chối cả thông điệp; không ghi nhận khoản nào.',
    en: 'The whole message is refused; nothing of it was posted.',
  },
  OWN_ID_REUSED: {
    vi: 'Mã của bên gọi đã dùng cho nội dung khác.',
    en: "The caller's own id was used for another content.",
  },
  ACCOUNT_UNKNOWN: {
    vi: 'Không có tài khoản này hoặc tài khoản không thuộc bên đang gọi.',
    en: 'There is no such account, or it does not belong to the caller.',
  },
  ACCOUNT_CLOSED: { vi: 'Tài khoản không còn hoạt động.', en: 'The account is not open.' },
  SPAN_TOO_LONG: { vi: 'Khoảng thời gian không hợp lệ.', en: 'The span of days cannot be served.' },
  PAGE_UNKNOWN: { vi: 'Sao kê không có trang này.', en: 'The statement has no such page.' },
  RUN_ORDER: {
    vi: 'Lần đối chiếu không đúng thứ tự hoặc đã quá số lần trong ngày.',
    en: 'The run is out of order, or the day has no more runs.',
  },
  UNIT_UNKNOWN: { vi: 'Không có mã đơn vị này.', en: 'There is no such unit.' },
  REFUND_TOO_MUCH: {
    vi: 'Đơn vị không còn đủ số tiền thừa để hoàn trả.',
    en: 'The unit has not carried as much as is to be refunded.',
  },
  CREDIT_NOT_IN_SUSPENSE: {
    vi: 'Khoản tiền này không ở trạng thái treo.',
    en: 'This credit is not in suspense.',
  },
  CODE_WRONG: { vi: 'Mã xác thực không đúng.', en: 'The one-time code is wrong.' },
  REASON_UNKNOWN: { vi: 'Không có mã lý do này.', en: 'There is no such reason.' },
  PURPOSE_FIELDS: {
    vi: 'Thiếu thông tin cần cho mục đích nộp này.',
    en: 'This purpose needs more fields.',
  },
  LINE_FIELDS: {
    vi: 'Dòng chi thiếu tài khoản, ngân hàng hoặc trùng số dòng.',
    en: 'A line lacks its account or bank, or repeats a line id.',
  },
  PAST_CUT_OFF: {
    vi: 'Giờ đề nghị không nằm sau giờ COT hiện tại hoặc vượt giới hạn.',
    en: 'The hour is not after the present cut-off, or beyond the limit.',
  },
  SHEET_CHANGED: {
    vi: 'Nội dung bảng đã ký khác với bảng đã lập.',
    en: 'The signed sheet is not the one that was made.',
  },
  CERTIFICATE_UNREADABLE: { vi: 'Không đọc được chứng thư số.', en: 'The certificate cannot be read.' },
} as const;

export type PaymentRefusal = keyof typeof paymentSentences;
