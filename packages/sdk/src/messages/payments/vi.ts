import type { PaymentSentenceCode } from './en.ts';

/** Sentences of the bank side: errors with their hints. */
export const vi: Readonly<Record<PaymentSentenceCode, string>> = {
  ERR_RAIL_UNKNOWN: 'Không có kênh chuyển {rail}.',
  ERR_RAIL_UNKNOWN_HINT: 'Có: {known}',
  ERR_REMITTANCE_FIELD: 'Trường {field} không dùng được trong nội dung chuyển khoản.',
  ERR_REMITTANCE_FIELD_HINT:
    'Mã đơn vị chỉ gồm chữ in hoa và chữ số, mã cơ quan BHXH gồm năm chữ số, diễn giải không chứa dấu cộng.',
  ERR_REMITTANCE_TOO_LONG: 'Nội dung chuyển khoản dài {length} ký tự; kênh {rail} chỉ nhận {limit}.',
  ERR_REMITTANCE_TOO_LONG_HINT: 'Rút ngắn diễn giải hoặc chuyển qua kênh khác.',
  ERR_QR_FIELD: 'Trường {field} không dùng được trong mã thanh toán.',
  ERR_QR_FIELD_HINT:
    'Mã ngân hàng gồm sáu chữ số, tài khoản gồm 6 đến 19 chữ in hoa và chữ số, số tiền là đồng chẵn.',
  ERR_QR_PURPOSE_TOO_LONG:
    'Nội dung dài {length} ký tự; mã thanh toán chỉ chứa {limit}, nên nội dung chuẩn không vừa.',
  ERR_QR_PURPOSE_TOO_LONG_HINT:
    'Bỏ nội dung và hiển thị bên cạnh mã, hoặc chọn dạng ngắn bằng --form short (chưa rõ có được chấp nhận không).',
  ERR_CSV_ENCODING: 'Tệp CSV không phải UTF-8.',
  ERR_CSV_ENCODING_HINT: 'Trong Excel chọn "CSV UTF-8 (Comma delimited)" khi lưu.',
  ERR_CSV_QUOTE: 'Có dấu ngoặc kép mở mà không đóng trong tệp CSV.',
  ERR_CSV_QUOTE_HINT: 'Tìm dấu ngoặc kép lẻ ở gần cuối tệp.',
  ERR_CSV_COLUMN: 'Tệp CSV không có cột {column}.',
  ERR_CSV_COLUMN_HINT: 'Các cột có trong tệp: {known}',
  ERR_AMOUNT_NOT_WHOLE: 'Số tiền phải là đồng chẵn và không âm.',
  ERR_AMOUNT_NOT_WHOLE_HINT: 'Đồng không có phần lẻ; chiều Có hay Nợ do chỉ báo quyết định.',
  ERR_AMOUNT_OVERFLOW: 'Tổng tiền quá lớn để giữ chính xác.',
  ERR_AMOUNT_OVERFLOW_HINT: 'Chia nhỏ lô; tổng chính xác tối đa 9.007.199.254.740.991 đồng.',
  ERR_MESSAGE_FIELD: 'Điện không chứa được {path}: thiếu, không có trong mẫu, quá dài hoặc sai kiểu.',
  ERR_MESSAGE_FIELD_HINT: 'Xem mẫu điện trong specs/payments/messages.',
  ERR_MT940: 'Không đọc được sao kê MT940 tại thẻ {tag}.',
  ERR_MT940_HINT: 'Yêu cầu ngân hàng gửi lại sao kê, hoặc gửi camt.053.',
  ERR_LEDGER_UNBALANCED: 'Bút toán {entry} không cân.',
  ERR_LEDGER_UNBALANCED_HINT: 'Mỗi dòng chỉ có một bên, tổng Nợ bằng tổng Có.',
  ERR_LEDGER_CONFLICT: 'Sổ đã có bút toán {entry} với nội dung khác.',
  ERR_LEDGER_CONFLICT_HINT: 'Không sửa bút toán đã ghi; hãy ghi bút toán đảo rồi ghi bút toán mới.',
  ERR_LEDGER_REVERSAL: 'Không đảo được bút toán {entry}: không có hoặc đã được đảo.',
  ERR_LEDGER_REVERSAL_HINT: 'Tra bút toán trong phần giải trình của tài khoản.',
};
