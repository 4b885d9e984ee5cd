import type { Sentences } from '../sentences.ts';

const dong = (text: string | undefined): string => `${text ?? ''} đồng`;
const askSource = 'Sửa giá trị trên phần mềm nguồn rồi xuất lại';

/** Sentences of the rule mechanisms. */
export const checkSentences: Sentences = {
  DATE_ORDER: ({ earlierField, earlier, laterField, later }) => ({
    message: `${laterField} (${later}) trước ${earlierField} (${earlier})`,
    hint: 'Sửa ngày nào trong hai ngày đã ghi sai',
  }),
  DATE_GAP: ({ startField, start, endField, end, days, most }) => ({
    message: `Từ ${startField} (${start}) đến ${endField} (${end}) là ${days} ngày; giới hạn là ${most} ngày`,
    hint: 'Kiểm tra hai ngày; kết quả có muộn được nhập trên Cổng trong 60 ngày',
  }),
  DAY_COUNT: ({ field, value, expected, start, end }) => ({
    message: `${field} là ${value}; từ ${start} đến ${end} là ${expected} ngày`,
    hint: 'Tính lại số ngày theo hai ngày đã ghi',
  }),
  DAYS_ABOVE_SPAN: ({ field, value, most, start, end }) => ({
    message: `${field} là ${value}, nhiều hơn ${most} ngày từ ${start} đến ${end}`,
    hint: 'Sửa số ngày hoặc các ngày của đợt cấp thuốc',
  }),
  OTHER_YEAR: ({ field, value, otherField, other }) => ({
    message: `${field} (${value}) khác năm với ${otherField} (${other})`,
    hint: 'Miễn cùng chi trả tính trong một năm dương lịch',
  }),
  OTHER_DAY: ({ field, value, otherField, other }) => ({
    message: `${field} (${value}) không phải ngày của ${otherField} (${other})`,
    hint: askSource,
  }),
  OUTSIDE_STAY: ({ field, value, from, to }) => ({
    message: `${field} (${value}) nằm ngoài đợt điều trị từ ${from} đến ${to}`,
    hint: 'Sửa thời điểm này, hoặc NGAY_VAO và NGAY_RA của XML1',
  }),
  REVISIT_DAY: ({ value, end }) => ({
    message: `NGAY_TAI_KHAM có ${value}, không phải ngày (yyyyMMdd) sau ngày kết thúc (${end})`,
    hint: 'Ghi các ngày tái khám dạng yyyyMMdd, nối bằng ";"',
  }),
  REVISIT_NOT_LISTED: ({ value, appointed }) => ({
    message: `NGAY_TAI_KHAM (${value}) không có ngày của giấy hẹn XML14 (${appointed})`,
    hint: 'Ghi NGAY_TAI_KHAM khớp với XML14.NGAY_HEN_KL',
  }),
  TREATMENT_DAYS: ({ value, expected, visit, from, to }) => ({
    message: `SO_NGAY_DTRI là ${value}; với MA_LOAI_KCB ${visit} từ ${from} đến ${to} phải là ${expected}`,
    hint: 'Hình thức 01, 07, 09 tính 0; 02, 03, 04, 06 tính số ngày theo lịch, cả hai đầu',
  }),
  STAY_LENGTH: ({ visit, minutes, bound }) => ({
    message: `Đợt điều trị kéo dài ${minutes} phút, không phù hợp với MA_LOAI_KCB ${visit} (mốc ${bound} phút)`,
    hint: 'Nội trú dưới 4 giờ là MA_LOAI_KCB 09, từ 4 giờ là 03',
  }),
  SETTLEMENT_MONTH: ({ value, least }) => ({
    message: `Kỳ quyết toán ${value} không phải là tháng từ ${least} trở đi`,
    hint: 'NAM_QT và THANG_QT là tháng của NGAY_RA hoặc tháng sau',
  }),
  SERVICE_DURATION: ({ minutes, least, most }) => ({
    message: `Dịch vụ thực hiện trong ${minutes} phút; hợp lý là từ ${least} đến ${most} phút`,
    hint: 'Kiểm tra NGAY_TH_YL và NGAY_KQ',
  }),
  SERVICE_OVERLAP: ({ field, value, otherRow }) => ({
    message: `Dịch vụ trùng giờ với dòng ${otherRow}, cùng ${field} (${value})`,
    hint: 'Một người hoặc một máy chỉ thực hiện một dịch vụ tại một thời điểm: kiểm tra giờ và mã',
  }),
  SERVICE_RATIO: ({ value, expected }) => ({
    message: `TYLE_TT_DV là ${value}; phải là ${expected}`,
    hint: 'Các lần khám trong ngày tính 100, 30, 30, 30, 10, 0; nằm ghép 50 hoặc 33; phẫu thuật tiếp theo 50 hoặc 80',
  }),
  AMOUNT_MISMATCH: ({ field, value, expected, formula }) => ({
    message: `${field} là ${dong(value)}; ${formula} là ${dong(expected)}`,
    hint: 'Tính lại bằng số thập phân, làm tròn đến 2 chữ số',
  }),
  COST_SHARES: ({ field, value, expected }) => ({
    message: `${field} là ${dong(value)}; phải là ${dong(expected)}`,
    hint: 'T_BHTT = THANH_TIEN_BH × MUC_HUONG/100, T_BNCCT là phần còn lại của THANH_TIEN_BH, T_BNTT = THANH_TIEN_BV − THANH_TIEN_BH',
  }),
  COST_SHARES_PATIENT: ({ field, value, expected }) => ({
    message: `${field} là ${dong(value)}; khi có nguồn khác hỗ trợ phải là ${dong(expected)}`,
    hint: 'Trừ T_NGUONKHAC vào T_BNTT trước, rồi T_BNCCT, rồi T_BHTT',
  }),
  COST_SHARES_FACILITY: ({ field, value, expected }) => ({
    message: `${field} là ${dong(value)}; sau khi trừ hỗ trợ cho cơ sở phải là ${dong(expected)}`,
    hint: 'Trừ T_NGUONKHAC vào chi phí trước, phần còn lại phân bổ như thường',
  }),
  SUPPORTED_COPAYMENT: ({ value, expected }) => ({
    message: `T_NGUONKHAC của thuốc ARV là ${dong(value)}; phần cùng chi trả là ${dong(expected)}`,
    hint: 'Thuốc ARV do quỹ chi trả thì nguồn khác hỗ trợ phần cùng chi trả',
  }),
  BALANCE_BROKEN: ({ field, value, sum, formula }) => ({
    message: `${field} là ${dong(value)}, nhưng ${formula} là ${dong(sum)}`,
    hint: 'Bốn phần phải cộng đủ chi phí: kiểm tra phần nào sai',
  }),
  TOTAL_MISMATCH: ({ field, value, sum, difference }) => ({
    message: `${field} là ${dong(value)}; các dòng cộng lại là ${dong(sum)} (chênh lệch ${dong(difference)})`,
    hint: 'Cộng lại các dòng bằng số thập phân',
  }),
  FUND_SHARE_BY_LINES: ({ value, expected, formula }) => ({
    message: `T_BHTT là ${dong(value)}, bằng tổng các dòng; ${formula} là ${dong(expected)}`,
    hint: 'Được chấp nhận khi nguồn khác trả một phần chi phí trong phạm vi; công thức chính thức là T_TONGCHI_BH − T_BNCCT',
  }),
  MONTHLY_SUMMARY: ({ line, column, value, sum, formula }) => ({
    message: `Dòng ${line} của 01/BH: cột ${column} là ${dong(value)}; cột ${formula} cộng lại là ${dong(sum)}`,
    hint: 'Sửa bảng tổng hợp trước khi gửi',
  }),
  OUT_OF_RANGE: ({ field, value, least, most }) => ({
    message: `${field} là ${value}; chỉ được từ ${least} đến ${most}`,
    hint: askSource,
  }),
  DECIMAL_PLACES: ({ field, value, places }) => ({
    message: `${field} là ${value}; tối đa ${places} chữ số thập phân`,
    hint: 'Làm tròn trước khi xuất',
  }),
  ABOVE_BOUND: ({ field, value, boundField, bound }) => ({
    message: `${field} (${value}) lớn hơn ${boundField} (${bound})`,
    hint: askSource,
  }),
  NOT_BELOW: ({ field, value, boundField, bound }) => ({
    message: `${field} (${value}) không nhỏ hơn ${boundField} (${bound})`,
    hint: askSource,
  }),
  COLUMNS_DIFFER: ({ field, value, otherField, other }) => ({
    message: `${field} (${value}) khác ${otherField} (${other})`,
    hint: askSource,
  }),
  NOT_ZERO: ({ field, value, condition }) => ({
    message: `${field} là ${value}; phải bằng 0 khi ${condition}`,
    hint: askSource,
  }),
  QUANTITY_LIMIT: ({ field, rows, sum, boundField, bound }) => ({
    message: `${field} của các dòng ${rows} cộng lại là ${sum}, nhiều hơn ${boundField} (${bound})`,
    hint: 'Kiểm tra số lượng hoặc số ngày điều trị',
  }),
  PATTERN: ({ field, value, shape }) => ({
    message: `${field} là "${value}", không đúng dạng ${shape}`,
    hint: askSource,
  }),
  VALUE_NOT_ALLOWED: ({ field, value, allowed }) => ({
    message: `${field} là "${value}"; chỉ được là: ${allowed}`,
    hint: askSource,
  }),
  REQUIRED_WHEN: ({ field, condition }) => ({
    message: `${field} để trống; bắt buộc khi ${condition}`,
    hint: 'Ghi giá trị cho trường này',
  }),
  REQUIRED_WITH_MATCH: ({ field, keyField, value, table }) => ({
    message: `${field} để trống; cần có vì ${keyField} "${value}" có trong ${table}`,
    hint: 'Ghi giá trị cho trường này',
  }),
  EMPTY_WHEN: ({ field, value, condition }) => ({
    message: `${field} là "${value}"; phải để trống khi ${condition}`,
    hint: 'Để trống trường này',
  }),
  ALL_OR_NONE: ({ fields }) => ({
    message: `Chỉ một số trường trong ${fields} có giá trị`,
    hint: 'Ghi đủ các trường hoặc để trống tất cả',
  }),
  NONE_OF: ({ fields }) => ({
    message: `Không trường nào trong ${fields} có giá trị`,
    hint: 'Ghi một trong các trường này',
  }),
  TOO_MANY_OF: ({ fields, count }) => ({
    message: `${count} trường trong ${fields} có giá trị; chỉ được một`,
    hint: 'Giữ lại một trường',
  }),
  FK_MISSING: ({ field, value, summary }) => ({
    message: `${field} "${value}" không phải của XML1 ("${summary}")`,
    hint: 'Mọi bảng của một HOSO dùng chung MA_LK của XML1',
  }),
  DIFFERS_FROM_SUMMARY: ({ field, value, summaryField, summary }) => ({
    message: `${field} ("${value}") khác ${summaryField} ("${summary}")`,
    hint: 'Ghi đúng giá trị của XML1, hoặc để trống',
  }),
  DUPLICATE_KEY: ({ value }) => ({
    message: `MA_LK "${value}" đã dùng cho một hồ sơ khác`,
    hint: 'Mỗi đợt điều trị có một MA_LK riêng; hồ sơ sửa được gửi trong tệp riêng',
  }),
  SEQUENCE: ({ field, value, expected }) => ({
    message: `${field} là ${value}; phải là ${expected}`,
    hint: 'Đánh số các dòng của mỗi bảng 1, 2, 3 …',
  }),
  LIST_COUNT_MISMATCH: ({ field, count, leadField, leadCount }) => ({
    message: `${field} có ${count} phần tử, ${leadField} có ${leadCount}`,
    hint: 'Mỗi thẻ một phần tử, nối bằng ";"',
  }),
  LIST_TOO_LONG: ({ field, count, most }) => ({
    message: `${field} có ${count} phần tử; tối đa ${most}`,
    hint: askSource,
  }),
  LIST_REPEATS: ({ field, value, otherField }) => ({
    message: `${field} lặp lại "${value}" của ${otherField}`,
    hint: 'Bỏ mã bị lặp',
  }),
  LIST_DIFFERS_FROM_ROWS: ({ field, value, table, column, rows }) => ({
    message: `${field} là "${value}"; ${table}.${column} ghi "${rows}"`,
    hint: 'Ghi hai bảng khớp nhau',
  }),
  NOT_LISTED: ({ field, value, listField, list }) => ({
    message: `${field} (${value}) không có trong ${listField} (${list})`,
    hint: 'Kiểm tra mã đối tượng hoặc nơi đăng ký ban đầu',
  }),
  LISTED: ({ field, value, listField, list }) => ({
    message: `${field} (${value}) có trong ${listField} (${list}), không phù hợp với mã đối tượng`,
    hint: 'Người đăng ký ban đầu tại cơ sở có mã đối tượng 1.1 hoặc 1.2',
  }),
  NO_MATCHING_ROW: ({ field, value, table, otherField }) => ({
    message: `${field} "${value}" không có trong dòng nào của ${table} (${otherField})`,
    hint: 'Thêm dòng còn thiếu hoặc sửa mã',
  }),
  TABLE_REQUIRED: ({ table, condition }) => ({
    message: `Thiếu ${table}; bắt buộc khi ${condition}`,
    hint: `Thêm ${table} vào hồ sơ`,
  }),
  TABLE_UNEXPECTED: ({ table, condition }) => ({
    message: `${table} không thuộc hồ sơ này${condition === '' ? '' : ` (${condition})`}`,
    hint: `Bỏ ${table}, hoặc sửa trường liên quan`,
  }),
  TOO_MANY_ROWS: ({ table, rows, count, bound, condition }) => ({
    message: `${table} có ${count} dòng${rows === '' ? '' : ` với ${rows}`}; tối đa ${bound}${condition === '' ? '' : ` khi ${condition}`}`,
    hint: 'Bỏ các dòng thừa, hoặc sửa trường liên quan',
  }),
  TOO_FEW_ROWS: ({ table, rows, count, bound }) => ({
    message: `${table} có ${count} dòng${rows === '' ? '' : ` với ${rows}`}; cần ${bound} dòng`,
    hint: 'Thêm các dòng còn thiếu',
  }),
  PHRASE_MISSING: ({ field, phrases }) => ({
    message: `${field} không có cụm từ nào trong: ${phrases}`,
    hint: 'Ghi cụm từ vào trường này',
  }),
  BHYT_LENGTH: ({ field, value, length }) => ({
    message: `${field} "${value}" có ${length} ký tự; mã thẻ có 15 ký tự`,
    hint: 'Tra cứu thẻ bằng mã số BHXH 10 số hoặc số căn cước để lấy đủ 15 ký tự',
  }),
  BHYT_SHAPE: ({ field, value }) => ({
    message: `${field} "${value}" không phải mã thẻ: 2 chữ, mức hưởng 1 đến 5, 2 số mã tỉnh, 10 số`,
    hint: 'Đối chiếu với thẻ, hoặc tra cứu',
  }),
  OBJECT_UNKNOWN: ({ object }) => ({
    message: `Mã đối tượng ${object} trên thẻ không có trong danh mục`,
    hint: 'Mã mới có thể được ban hành; tra cứu thẻ nếu nghi ngờ',
  }),
  OBJECT_LEVEL: ({ object, value, expected }) => ({
    message: `Thẻ đối tượng ${object} có mức hưởng ${expected}, mã thẻ ghi ${value}`,
    hint: 'Tra cứu thẻ',
  }),
  FACILITY_CODE: ({ field, value }) => ({
    message: `${field} "${value}" không phải mã cơ sở gồm 5 chữ số`,
    hint: askSource,
  }),
  TEMPORARY_CARD_PROVINCE: ({ value, expected }) => ({
    message: `MA_DKBD ${value} không cùng tỉnh với thẻ; phải là ${expected}`,
    hint: 'Thẻ tạm ghi mã tỉnh và 000',
  }),
  CARD_NOT_VALID: ({ value, from, to }) => ({
    message: `Ngày vào (${value}) không thẻ nào còn hạn (từ ${from} đến ${to})`,
    hint: 'Tra cứu thẻ vào ngày đến; có thể đã cấp thẻ mới',
  }),
  CARD_EXPIRED_IN_STAY: ({ value, to, grace }) => ({
    message: `Đợt điều trị kết thúc (${value}) quá ${grace} ngày sau khi thẻ hết hạn (${to})`,
    hint: 'Lấy thẻ mới, hoặc kết thúc phần thanh toán BHYT',
  }),
  BIRTH_DATE: ({ value }) => ({
    message: `NGAY_SINH "${value}" không phải ngày gồm 12 chữ số`,
    hint: 'Ghi yyyyMMddHHmm; phần không biết ghi 0000',
  }),
  BIRTH_TIME: ({ value, days, most }) => ({
    message: `NGAY_SINH "${value}" không có giờ; trẻ ${days} ngày tuổi, đến ${most} ngày tuổi phải ghi giờ`,
    hint: 'Ghi giờ và phút sinh',
  }),
  CITIZEN_ID_SEX: ({ value, expected }) => ({
    message: `GIOI_TINH là ${value}; số căn cước cho biết ${expected}`,
    hint: 'Đối chiếu với thẻ căn cước',
  }),
  CITIZEN_ID_YEAR: ({ value, expected }) => ({
    message: `Năm sinh là ${value}; số căn cước cho biết ${expected}`,
    hint: 'Đối chiếu với thẻ căn cước',
  }),
  UNIT_UNKNOWN: ({ field, value, date }) => ({
    message: `${field} "${value}" không tồn tại vào ngày ${date}`,
    hint: 'Chọn mã trong danh mục đơn vị hành chính',
  }),
  UNIT_CLOSED: ({ field, value, date, successor }) => ({
    message: `${field} "${value}" không còn hiệu lực vào ngày ${date}`,
    hint: successor === undefined || successor === '' ? 'Chọn mã hiện hành' : `Nay là ${successor}`,
  }),
  WARD_DIVIDED: ({ field, value, date, candidates }) => ({
    message: `${field} "${value}" đã được chia tách trước ngày ${date}`,
    hint: `Hỏi người bệnh; có thể là ${candidates}`,
  }),
  WARD_OTHER_PROVINCE: ({ field, value, province, expected }) => ({
    message: `${field} "${value}" thuộc tỉnh ${expected}, không thuộc tỉnh ${province}`,
    hint: 'Sửa mã tỉnh hoặc mã xã',
  }),
  DISTRICT_OTHER_PROVINCE: ({ field, value, province }) => ({
    message: `${field} "${value}" không thuộc tỉnh ${province}`,
    hint: 'Sửa mã tỉnh hoặc mã huyện',
  }),
  BENEFIT_LEVEL: ({ value, expected, amount }) => ({
    message: `MUC_HUONG là ${value}; theo thẻ và tuyến phải là ${expected} (quỹ trả ${dong(amount)})`,
    hint: 'Kiểm tra mức hưởng của thẻ, mã đối tượng và trường hợp được trả toàn bộ',
  }),
  BENEFIT_LEVEL_CHANGED: ({ value, expected, amount, object, printed, level, from }) => ({
    message: `MUC_HUONG là ${value}; thẻ đối tượng ${object} tính mức ${level} từ ${from} dù trên thẻ in ${printed}: phải là ${expected} (quỹ trả ${dong(amount)})`,
    hint: 'Tính theo mức hưởng tại ngày điều trị, không theo số in trên thẻ',
  }),
  BENEFIT_LEVELS_DIFFER: ({ value, other }) => ({
    message: `MUC_HUONG ở đây là ${value}, ở dòng khác của cùng thẻ là ${other}`,
    hint: 'Mỗi thẻ một mức hưởng, trừ khi mức hưởng đổi trong đợt điều trị',
  }),
  FULL_BELOW_THRESHOLD: ({ value, total, threshold }) => ({
    message: `MUC_HUONG là ${value}; chi phí ${dong(total)} dưới ${dong(threshold)} được trả toàn bộ`,
    hint: 'Ghi MUC_HUONG là 100',
  }),
  FULL_WHEN_EXEMPT: ({ value }) => ({
    message: `MUC_HUONG là ${value}; người bệnh đã được miễn cùng chi trả (NGAY_MIEN_CCT)`,
    hint: 'Ghi MUC_HUONG là 100, hoặc sửa NGAY_MIEN_CCT',
  }),
  CATALOGUE_MISSING: ({ field, value, catalogue }) => ({
    message: `${field} "${value}" không có trong danh mục ${catalogue}`,
    hint: 'Gửi danh mục có mã này và chờ được chấp nhận',
  }),
  PRICE_ABOVE_CATALOGUE: ({ field, value, approved, catalogue }) => ({
    message: `${field} là ${dong(value)}, cao hơn ${dong(approved)} của danh mục ${catalogue}`,
    hint: 'Dùng giá có hiệu lực vào ngày y lệnh',
  }),
  DISEASE_FLAG: ({ value, column, meaning }) => ({
    message: `Mã bệnh ${value} được đánh dấu ở cột ${column} của danh mục (${meaning})`,
    hint: 'Chọn bệnh chính khác',
  }),
  CHECK_IN_MISSING: ({ value }) => ({
    message: `Chưa gửi check-in cho lượt khám này (đối tượng ${value})`,
    hint: 'Gửi check-in ngay sau chi phí đầu tiên của lượt khám',
  }),
  CLASS_NOT_FIRST: ({ value, expected }) => ({
    message: `MA_DOITUONG_KCB là ${value}; mã đầu tiên phù hợp là ${expected}`,
    hint: 'Xác định đối tượng khi kết thúc đợt điều trị, từ trên xuống',
  }),
  ACCESS_RIGHT: ({ table, right }) => ({
    message: `${table} là dữ liệu được bảo vệ; tài khoản không có quyền "${right}"`,
    hint: 'Dùng tài khoản có quyền này để gửi hồ sơ',
  }),
  ERR_FACTS: ({ path }) => ({
    message: `Tệp dữ liệu ngoài không đúng dạng tại ${path}`,
    hint: 'Dùng một đối tượng JSON có accountFacility, catalogues, checkedIn, eligibleClasses, monthlySummary, rights',
  }),
};
