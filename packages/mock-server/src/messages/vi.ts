import type { Messages } from './messages.ts';

export const vi: Messages = {
  findings: {
    SCENARIO: (name) => `Kịch bản ${name} từ chối hồ sơ này.`,
    SIGNATURE_REQUIRED: (day) => `Hồ sơ chưa ký số; bắt buộc với đợt điều trị kết thúc từ ${day}.`,
    SIGNATURE_REFUSED: (reason) => `Chữ ký số không được chấp nhận: ${reason}.`,
    FACILITY_MATCH: (sender) => `MACSKCB của tệp khác mã cơ sở của tài khoản gửi (${sender}).`,
    CLAIM_COUNT: (count) => `Một lần gửi qua API có đúng một hồ sơ; tệp này có ${count}.`,
    KIND_UNEXPECTED: (expected) => `Tài liệu không đúng loại; ở đây nhận ${expected}.`,
    FORM_CONTENT: (content) => `${content} không thuộc loại hồ sơ (loaiHs) đã khai khi gửi.`,
  },
  scenarioDamaged: (id, keys) => `Kịch bản ${id} không hợp lệ: ${keys}`,
  storeUnavailable: (place, reason) => `Không mở được kho dữ liệu ${place} (${reason})`,
  storeHint: 'Kiểm tra thư mục, quyền ghi hoặc địa chỉ cơ sở dữ liệu',
  cannotListen: (address, reason) => `Không mở được cổng ${address} (${reason})`,
  backup: {
    DAMAGED: (path) => ({
      message: `${path} không phải bản sao lưu nguyên vẹn: bị cắt ngắn, bị sửa hoặc là tệp khác`,
      hint: 'Hãy lấy lại bản sao lưu; chưa có gì của tệp này được ghi vào kho',
    }),
    NEWER: (migration) => ({
      message: `Bản sao lưu do phiên bản mới hơn tạo ra, có ${migration}`,
      hint: 'Hãy khôi phục bằng phiên bản đó hoặc mới hơn',
    }),
    STORE_NOT_EMPTY: (table) => ({
      message: `Kho dữ liệu đã có dữ liệu (${table})`,
      hint: 'Hãy khôi phục vào tệp mới hoặc cơ sở dữ liệu trống',
    }),
  },
  listenHint: 'Chọn cổng khác, hoặc 0 để lấy cổng trống',
};
