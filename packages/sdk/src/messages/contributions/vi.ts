import type { ContributionSentenceCode } from './en.ts';

/** Sentences about contributions: errors with their hints, and problems of a roster. */
export const vi: Readonly<Record<ContributionSentenceCode, string>> = {
  ERR_MONTH_INVALID: '{month} không phải là tháng.',
  ERR_MONTH_INVALID_HINT: 'Viết dạng yyyy-MM, ví dụ 2026-07.',
  ERR_NO_LAW_FOR_MONTH: 'Không có giá trị của {parameter} cho tháng {month}.',
  ERR_NO_LAW_FOR_MONTH_HINT:
    'Các tham số bắt đầu từ tháng 2018-01; lệnh bhxh specs explain {parameter} cho xem các mốc.',
  ERR_AMOUNT_INVALID: '{value} không phải là số tiền đồng chẵn.',
  ERR_AMOUNT_INVALID_HINT: 'Ghi số nguyên từ 0 đến 1.000.000.000.000, không có dấu phân cách.',
  ERR_INCOME_OUT_OF_RANGE: 'Mức thu nhập {value} nằm ngoài khoảng {least} đến {most} đồng mỗi tháng.',
  ERR_INCOME_OUT_OF_RANGE_HINT:
    'Chọn mức thu nhập từ chuẩn hộ nghèo khu vực nông thôn đến hai mươi lần mức tham chiếu.',
  ERR_INTEREST_RATE_UNKNOWN: 'Chưa có nguồn công bố lãi suất chậm đóng của tháng {month}.',
  ERR_INTEREST_RATE_UNKNOWN_HINT:
    'Trước tháng 7/2025 lãi tính theo thông báo hằng năm của Bảo hiểm xã hội Việt Nam; lấy ở dòng B.5.2 của C12.',
  ERR_INTEREST_RULE_MONTHLY: 'Từ {from} lãi chậm đóng tính theo ngày.',
  ERR_INTEREST_RULE_MONTHLY_HINT: 'Ghi ngày đầu và ngày cuối chậm đóng.',
  ERR_DAY_INVALID: '{day} không phải là ngày, hoặc ngày cuối trước ngày đầu.',
  ERR_DAY_INVALID_HINT: 'Viết dạng yyyy-MM-dd.',
  ERR_ROSTER_COLUMN: 'Danh sách {path} không có cột {column}.',
  ERR_ROSTER_COLUMN_HINT:
    'Các cột: key, name, salary, region, scheme, absence, reduced; bắt buộc key và salary.',
  ERR_ROSTER_UNREADABLE: 'Không đọc được danh sách {path}.',
  ERR_ROSTER_UNREADABLE_HINT: 'Dùng tệp CSV, XLSX hoặc JSON mã UTF-8, mỗi người một dòng.',
  ROSTER_SALARY: 'Tiền lương không phải là số tiền đồng chẵn.',
  ROSTER_REGION: 'Vùng không phải là 1, 2, 3 hoặc 4.',
  ROSTER_SCHEME: 'Chế độ không phải là enterprise, state hoặc foreign.',
  ROSTER_ABSENCE: 'Lý do nghỉ không phải là unpaid, sickness hoặc maternity.',
  ROSTER_KEY: 'Dòng không có khóa.',
  ROSTER_KEY_TWICE: 'Khóa đã có ở dòng trước.',
  ROSTER_FLAG: 'Cột reduced chỉ nhận yes hoặc no.',
};
