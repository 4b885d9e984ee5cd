import type { Sentence, Sentences, SentenceValues } from './sentences.ts';

const suspected: Readonly<Record<string, string>> = {
  TCVN3: 'Có thể văn bản dùng bảng mã cũ TCVN3 (ABC); hãy chuyển sang Unicode UTF-8 rồi xuất lại',
  VNI: 'Có thể văn bản dùng bảng mã cũ VNI; hãy chuyển sang Unicode UTF-8 rồi xuất lại',
  'UTF-16': 'Tệp đang ở bảng mã UTF-16; hãy lưu lại dưới dạng UTF-8',
};

function encodingHint({ suspected: guess = '' }: SentenceValues): string {
  return suspected[guess] ?? 'Lưu lại tệp dưới dạng UTF-8 (Unicode) không có BOM';
}

const at = ({ offset = '' }: SentenceValues): string => (offset === '' ? '' : ` (vị trí byte ${offset})`);

const limit =
  (what: string, hint: string) =>
  (values: SentenceValues): Sentence => ({
    message: `${what} vượt giới hạn ${values['detail'] ?? ''}`.trimEnd(),
    hint,
  });

const splitHint = 'Kiểm tra phần mềm xuất dữ liệu; tệp hồ sơ thật không có cấu trúc như vậy';

/** Vietnamese sentences of the steps' own findings. */
export const vi: Sentences = {
  FILE_EMPTY: () => ({ message: 'Tệp rỗng (0 byte)', hint: 'Xuất lại tệp từ phần mềm nguồn' }),
  ENCODING_NOT_UTF8: (values) => ({
    message: `Tệp không phải bảng mã UTF-8${at(values)}`,
    hint: encodingHint(values),
  }),
  XML_CHAR: (values) => ({
    message: `Có ký tự hoặc byte không hợp lệ trong UTF-8/XML${at(values)}`,
    hint: encodingHint(values),
  }),
  BOM_PRESENT: () => ({
    message: 'Nội dung có dấu thứ tự byte (BOM) ở đầu',
    hint: 'Lưu lại dưới dạng UTF-8 không có BOM',
  }),
  BASE64_INVALID: ({ table, problem }) => ({
    message: `\`NOIDUNGFILE\` của ${table} không phải base64 chuẩn (${
      {
        alphabet: 'có ký tự ngoài bảng base64',
        padding: 'sai phần đệm "="',
        'trailing-bits': 'bit thừa ở cuối',
      }[problem ?? ''] ?? 'nội dung bị chia cắt'
    })`,
    hint: 'Mã hoá lại nội dung bằng base64 chuẩn (RFC 4648), đủ phần đệm',
  }),
  XML_DTD_FORBIDDEN: () => ({
    message: 'Tệp có khai báo DOCTYPE, điều này bị cấm',
    hint: 'Bỏ dòng <!DOCTYPE …>; hồ sơ BHXH không dùng DTD hay thực thể',
  }),
  XML_ENTITY_FORBIDDEN: () => ({
    message: 'Có tham chiếu thực thể không được phép',
    hint: 'Chỉ dùng &amp; &lt; &gt; &quot; &apos; và mã ký tự &#…;',
  }),
  XML_PI_FORBIDDEN: () => ({
    message: 'Có chỉ thị xử lý (<?…?>) không được phép',
    hint: 'Chỉ giữ khai báo <?xml …?> ở đầu tệp',
  }),
  XML_NOT_WELL_FORMED: ({ detail = '' }) => ({
    message: `XML không đúng cú pháp${detail === '' ? '' : ` (${detail})`}`,
    hint: 'Kiểm tra thẻ mở và thẻ đóng quanh vị trí này, hoặc xuất lại tệp',
  }),
  XML_ROOT_COUNT: () => ({
    message: 'Tệp phải có đúng một phần tử gốc',
    hint: 'Xuất lại tệp từ phần mềm nguồn',
  }),
  XML_DEPTH: limit('Độ sâu lồng nhau của phần tử', splitHint),
  XML_ATTRIBUTE_COUNT: limit('Số thuộc tính của một phần tử', splitHint),
  XML_ATTRIBUTE_DUPLICATE: () => ({ message: 'Một phần tử có hai thuộc tính trùng tên', hint: splitHint }),
  XML_NAMESPACE: () => ({ message: 'Không gian tên XML sai', hint: 'Khai báo tiền tố trước khi dùng' }),
  XML_NAME_LENGTH: limit('Độ dài tên phần tử', splitHint),
  XML_TEXT_LENGTH: limit('Độ dài một đoạn văn bản', 'Chia hồ sơ thành nhiều tệp nhỏ hơn'),
  XML_ELEMENT_COUNT: limit('Số phần tử', 'Chia hồ sơ thành nhiều tệp nhỏ hơn'),
  XML_SIZE: limit('Dung lượng', 'Chia hồ sơ thành nhiều tệp nhỏ hơn'),
  XML_ID_DUPLICATE: () => ({ message: 'Hai phần tử có cùng Id', hint: 'Ký lại tệp gốc chưa ký' }),
  RECORD_SIZE: ({ table, limit: most }) => ({
    message: `Một hồ sơ có nội dung ${table} vượt giới hạn ${most} byte sau giải mã`,
    hint: 'Kiểm tra bảng này; một đợt điều trị không thể lớn như vậy',
  }),
  ROOT_UNEXPECTED: ({ element }) => ({
    message: `Phần tử gốc \`${element}\` không thuộc loại hồ sơ nào được hỗ trợ`,
    hint:
      element === 'html'
        ? 'Đây là trang web (có thể là trang đăng nhập) được lưu nhầm; hãy tải lại tệp XML'
        : 'Loại được hỗ trợ: GIAMDINHHS, CHI_TIEU_TRANG_THAI_KCB, CHI_TIEU_GIAM_DINH_YKHOA, HSCHUNGTU, HSDANHMUC',
  }),
  ROOT_NAMESPACE: ({ expected = '' }) => ({
    message: 'Phần tử gốc có không gian tên khác mẫu',
    hint: expected === '' ? 'Bỏ thuộc tính xmlns mặc định' : `Dùng ${expected}`,
  }),
  NO_RULESET_FOR_DATE: ({ date }) => ({
    message: `Không có chuẩn dữ liệu nào áp dụng cho ngày ${date}`,
    hint: 'Xem "bhxh specs list", hoặc chọn chuẩn bằng --ruleset',
  }),
  DOSSIER_UNREADABLE: () => ({
    message: 'Không đọc được hồ sơ',
    hint: 'Hồ sơ là tệp BHXHDienTu.xml: Hoso có NoiDung và các tờ khai theo cấu trúc tham chiếu, mã Base64',
  }),
  TABLE_UNKNOWN: ({ table, ruleset }) => ({
    message: `Bảng ${table} không có trong ${ruleset}`,
    hint: 'Kiểm tra `LOAIHOSO` và ngày ra viện; mỗi quyết định có danh sách bảng riêng',
  }),
  TABLE_MISPLACED: ({ table }) => ({
    message: `Bảng ${table} không được nằm trong tệp này`,
    hint: `${table} được gửi thành tệp riêng`,
  }),
  TABLE_COUNT: ({ table, count }) => ({
    message: `Hồ sơ phải có đúng một bảng ${table}, hiện có ${count}`,
    hint: 'Mỗi HOSO là một đợt điều trị',
  }),
  TABLE_REPEATED: ({ table, count }) => ({
    message: `Bảng ${table} xuất hiện ${count} lần trong một hồ sơ`,
    hint: 'Gộp các dòng vào một bảng',
  }),
  CONTENT_EMPTY: ({ table }) => ({
    message: `\`NOIDUNGFILE\` của ${table} để trống`,
    hint: 'Bỏ FILEHOSO của bảng không có dữ liệu',
  }),
  CONTENT_PLAIN: ({ table }) => ({
    message: `\`NOIDUNGFILE\` của ${table} là XML chưa mã hoá base64`,
    hint: 'Mã hoá base64 nội dung trước khi gửi; Cổng chỉ nhận base64',
  }),
  ENVELOPE_INCOMPLETE: ({ element }) => ({
    message: `Thiếu phần tử \`${element}\``,
    hint: 'Thêm phần tử theo đúng mẫu của Cổng tiếp nhận',
  }),
  ELEMENT_UNEXPECTED: ({ element, expected }) => ({
    message: `Phần tử \`${element}\` không có ở vị trí này${expected === undefined ? '' : `, mẫu là \`${expected}\``}`,
    hint: 'Sửa tên phần tử theo đúng mẫu',
  }),
  ELEMENT_ORDER: ({ element, before }) => ({
    message: `Phần tử \`${element}\` đứng sai thứ tự${before === undefined || before === '' ? '' : `, phải đứng trước \`${before}\``}`,
    hint: 'Xuất các phần tử theo đúng thứ tự của bảng chỉ tiêu',
  }),
  ELEMENT_REPEATED: ({ element }) => ({
    message: `Phần tử \`${element}\` lặp lại trong một dòng`,
    hint: 'Chỉ giữ một phần tử; nhiều giá trị viết cách nhau bằng ";"',
  }),
  ELEMENT_UNKNOWN: ({ element, table }) => ({
    message: `Phần tử \`${element}\` không có trong bảng ${table}`,
    hint: 'Bỏ phần tử này hoặc sửa tên cho đúng',
  }),
  ELEMENT_MISSING: ({ field, rows }) => ({
    message: `Thiếu phần tử ${field} (${rows} dòng)`,
    hint: 'Vẫn xuất phần tử, để trống khi không có dữ liệu',
  }),
  TEXT_STRAY: ({ table }) => ({
    message: `Bảng ${table} có văn bản nằm ngoài các phần tử`,
    hint: 'Bỏ phần văn bản thừa',
  }),
  REQUIRED_MISSING: ({ field }) => ({
    message: `${field} bắt buộc phải có giá trị`,
    hint: 'Bổ sung giá trị',
  }),
  LENGTH_EXCEEDED: ({ field, length, limit: most }) => ({
    message: `${field} dài ${length} ký tự, tối đa ${most}`,
    hint: 'Rút gọn giá trị',
  }),
  NUMBER_FORMAT: ({ field, value, decimals }) => ({
    message: `${field} có giá trị "${value}" không phải số hợp lệ`,
    hint:
      decimals === undefined
        ? 'Chỉ viết chữ số, dấu chấm cho phần thập phân (tối đa 3), không dấu phân cách hàng nghìn, không số mũ'
        : `Chỉ viết chữ số, tối đa ${decimals} chữ số thập phân sau dấu chấm, không dấu phân cách hàng nghìn`,
  }),
  DATE_INVALID: ({ field, value, expected }) => ({
    message: `${field} có giá trị "${value}" không phải ngày giờ có thật`,
    hint: `Viết theo dạng ${expected}`,
  }),
  DATE_FUTURE: ({ field, value, now }) => ({
    message: `${field} (${value}) sau thời điểm hiện tại (${now})`,
    hint: 'Kiểm tra ngày giờ đã ghi và đồng hồ của máy',
  }),
  CHARSET: ({ field, value, suggested }) => ({
    message: `${field} có ký tự toàn rộng (full-width): "${value}"`,
    hint: `Viết bằng chữ số và chữ cái ASCII: "${suggested}"`,
  }),
  TEXT_NOT_COMPOSED: ({ field }) => ({
    message: `${field} dùng dấu tổ hợp (NFD); được chấp nhận và so sánh ở dạng dựng sẵn (NFC)`,
    hint: 'Nên xuất Unicode dựng sẵn (NFC)',
  }),
  TEXT_INVISIBLE: ({ field }) => ({
    message: `${field} có ký tự vô hình hoặc ký tự đổi chiều chữ`,
    hint: 'Gõ lại giá trị để bỏ ký tự ẩn',
  }),
  CODE_UNKNOWN: ({ field, value, list }) => ({
    message: `${field} có mã "${value}" không có trong danh mục ${list}`,
    hint: `Xem "bhxh codes list ${list}"; mã được so sánh nguyên văn`,
  }),
  CODE_CLOSED: ({ field, value, date, closed = '', successor = '', opens }) => ({
    message:
      closed === ''
        ? `${field} có mã "${value}" chưa có hiệu lực vào ngày ${date}${opens === undefined ? '' : ` (áp dụng từ ${opens})`}`
        : `${field} có mã "${value}" đã hết hiệu lực từ sau ngày ${closed}, trước ngày ${date}`,
    hint: successor === '' ? 'Dùng mã còn hiệu lực vào ngày ra viện' : `Dùng mã thay thế "${successor}"`,
  }),
  CODE_FORMAT: ({ field, value, expected }) => ({
    message: `${field} có mã "${value}", thiếu số 0 ở đầu`,
    hint: `Mã là chuỗi ký tự, viết "${expected}"`,
  }),
  RECORD_COUNT: ({ value, count }) => ({
    message: `\`SOLUONGHOSO\` ghi ${value} nhưng tệp có ${count} HOSO`,
    hint: 'Sửa `SOLUONGHOSO` cho khớp',
  }),
  FACILITY_MISMATCH: ({ envelope, value, account }) => ({
    message:
      account === undefined
        ? `\`MACSKCB\` là ${envelope} nhưng \`MA_CSKCB\` của hồ sơ là ${value}`
        : `\`MACSKCB\` là ${envelope} nhưng tài khoản gửi thuộc cơ sở ${account}`,
    hint: 'Mỗi cơ sở gửi hồ sơ của mình bằng tài khoản của mình',
  }),
  IDENTIFIER_RESERVED: ({ field, value }) => ({
    message: `${field} có giá trị "${value}" thuộc dải dành riêng cho dữ liệu thử (tỉnh 99)`,
    hint: 'Dữ liệu thử chỉ dùng với môi trường thử (--env mock)',
  }),
  SIGNATURE_MISSING: () => ({
    message: 'Tệp chưa được ký số',
    hint: 'Ký bằng "bhxh sign TỆP --key …" rồi kiểm tra lại',
  }),
  SIGNATURE_PLACE: ({ expected }) => ({
    message: 'Chữ ký nằm sai vị trí',
    hint: `Chữ ký phải nằm trong ${expected}; ký lại tệp gốc chưa ký`,
  }),
  SIGNATURE_COUNT: ({ count }) => ({
    message: `Tệp có ${count} chữ ký, chỉ được có một`,
    hint: 'Ký lại tệp gốc chưa ký',
  }),
  SIGNATURE_REFUSED: ({ reason }) => ({
    message: `Chữ ký số không được chấp nhận (${reason})`,
    hint: 'Xem "bhxh explain --signature TỆP"; nếu tệp đã bị sửa sau khi ký, hãy ký lại',
  }),
  SIGNATURE_UNREAD: ({ limit: most }) => ({
    message: 'Chưa kiểm tra được chữ ký của tệp này',
    hint: `Chỉ kiểm tra chữ ký của tệp đọc lại được và không quá ${most} byte`,
  }),
  STEP_CRASHED: ({ error }) => ({
    message: `Lỗi của phần mềm khi kiểm tra (${error}); chưa kết luận được`,
    hint: 'Vui lòng báo lỗi kèm phiên bản; không gửi kèm dữ liệu người bệnh',
  }),
  RULESET_BY_DATE: ({ ruleset, date, from, to }) => ({
    message: `Áp dụng ${ruleset} vì ngày quyết định là ${date}, trong thời gian hiệu lực từ ${from}${to === '' || to === undefined ? '' : ` đến ${to}`}`,
  }),
  RULESET_BY_FALLBACK_DATE: ({ ruleset, date }) => ({
    message: `Áp dụng ${ruleset} theo ngày ${date} của phong bì hoặc ngày hôm nay, vì hồ sơ không có ngày quyết định hợp lệ`,
  }),
  RULESET_ALTERNATIVE: ({ ruleset, date, regular }) => ({
    message: `Áp dụng ${ruleset} thay cho ${regular} vì các bảng trong tệp theo chuẩn này, được chấp nhận vào ngày ${date}`,
  }),
  RULESET_OVERRIDDEN: ({ ruleset }) => ({ message: `Áp dụng ${ruleset} theo yêu cầu` }),
  RULESET_OF_KIND: ({ kind }) => ({ message: `Loại hồ sơ ${kind} chỉ có một mẫu` }),
};
