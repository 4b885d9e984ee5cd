import type { SigningErrorCode } from '@bhxh/signing';
import type { SigningSentence } from './sentence.ts';

/** What the signing library could not do; `{name}` is filled from the error's details. */
export const vi: Readonly<Record<SigningErrorCode, SigningSentence>> = {
  ERR_KEY_REFERENCE: {
    message: 'Không hiểu khoá ký được nêu ({reference}).',
    hint: 'Dùng file:x.p12, file:key.pem, pkcs11:token=… hoặc remote:TÊN.',
  },
  ERR_KEY_REFERENCE_SECRET: {
    message: 'Không được ghi PIN trong tham chiếu khoá.',
    hint: 'Cung cấp PIN bằng --pin-fd, --pin-file, BHXH_PIN hoặc nhập khi được hỏi.',
  },
  ERR_PROFILE_UNKNOWN: {
    message: 'Không có mẫu chữ ký {profile}.',
    hint: 'Dùng bhxh-xml cho các cổng hiện nay.',
  },
  ERR_TRUST_LIST_DAMAGED: {
    message: 'Danh sách chứng thư tin cậy đã lưu bị hỏng ({part}).',
    hint: 'Khôi phục từ bản sao, hoặc xóa đi rồi thêm lại các chứng thư.',
  },
  ERR_TRUST_ANCHOR_FINGERPRINT: {
    message: 'Chứng thư có dấu vân tay khác: {fingerprint}.',
    hint: 'Không tin cậy chứng thư này. Tải lại từ tổ chức cấp rồi so sánh.',
  },
  ERR_TRUST_ANCHOR_KNOWN: {
    message: 'Chứng thư đã được tin cậy với tên {name}.',
    hint: 'Xem bhxh trust list.',
  },
  ERR_TRUST_ANCHOR_UNKNOWN: {
    message: 'Không có chứng thư tin cậy nào tên {name} hoặc có dấu vân tay bắt đầu như vậy.',
    hint: 'Xem bhxh trust list.',
  },
  ERR_TRUST_ANCHOR_AMBIGUOUS: {
    message: 'Có nhiều chứng thư tin cậy ứng với {name}.',
    hint: 'Nêu toàn bộ dấu vân tay.',
  },
  ERR_TRUST_UPDATE_KEY: {
    message:
      'Không kiểm tra được bản cập nhật: chưa biết khóa của bên phát hành, hoặc khóa khác với khóa đã biết.',
    hint: 'Cung cấp khóa công khai (Ed25519, PEM) mà bên phát hành đã trao bằng đường khác.',
  },
  ERR_TRUST_UPDATE_DAMAGED: {
    message: 'Tệp không phải bản cập nhật, hoặc đã hỏng ({part}).',
    hint: 'Tải lại tệp.',
  },
  ERR_TRUST_UPDATE_SIGNATURE: {
    message: 'Bản cập nhật không do bên phát hành ký. Không có gì thay đổi.',
    hint: 'Tải lại tệp; nếu vẫn vậy, báo cho bên phát hành.',
  },
  ERR_TRUST_UPDATE_OLD: {
    message: 'Bản cập nhật (số {sequence}, dùng đến {expiresAt}) không mới hơn số {known}, hoặc đã hết hạn.',
    hint: 'Tải bản cập nhật mới nhất.',
  },
  ERR_PARTY_UNKNOWN: {
    message: 'Văn bản theo mẫu {profile} do nhiều bên ký ({parties}), và chưa nêu bên nào.',
    hint: 'Nêu rõ chữ ký của bên nào.',
  },
  ERR_ALGORITHM_NOT_AVAILABLE: {
    message: 'Khoá này không ký được theo thuật toán mà mẫu chữ ký yêu cầu.',
    hint: 'Chọn khoá hoặc mẫu chữ ký khác.',
  },
  ERR_REMOTE_UNKNOWN: {
    message: 'Cấu hình không có dịch vụ ký từ xa {name}.',
    hint: 'Khai dịch vụ trong bhxh.config.yaml.',
  },
  ERR_JOB_DAMAGED: {
    message: 'Dữ liệu chuẩn bị ký đã bị sửa đổi hoặc hỏng.',
    hint: 'Chuẩn bị ký lại từ hồ sơ gốc.',
  },
  ERR_JOB_DOCUMENT_MISSING: {
    message: 'Thiếu hồ sơ gốc của dữ liệu chuẩn bị ký.',
    hint: 'Đưa lại đúng hồ sơ đã chuẩn bị.',
  },
  ERR_PIN_REQUIRED: {
    message: 'Khoá cần mật khẩu hoặc PIN.',
    hint: 'Cung cấp bằng --pin-fd, --pin-file, BHXH_PIN hoặc nhập khi được hỏi.',
  },
  ERR_KEY_UNREADABLE: { message: 'Không đọc được tệp khoá.', hint: 'Kiểm tra đường dẫn và quyền đọc tệp.' },
  ERR_KEY_FORMAT: {
    message: 'Tệp khoá không phải PKCS#12 hoặc PEM đọc được.',
    hint: 'Xuất lại khoá dạng .p12 hoặc .pem.',
  },
  ERR_DOCUMENT_UNREADABLE: {
    message: 'Hồ sơ không phải XML đúng quy cách nên không ký.',
    hint: 'Chạy bhxh validate để biết vị trí lỗi.',
  },
  ERR_DOCUMENT_ROOT: {
    message: 'Loại hồ sơ này không ký được theo mẫu chữ ký đã chọn.',
    hint: 'Kiểm tra phần tử gốc của hồ sơ.',
  },
  ERR_DOCUMENT_CHANGED: { message: 'Hồ sơ đã thay đổi sau khi chuẩn bị ký.', hint: 'Chuẩn bị ký lại.' },
  ERR_SIGNATURE_PLACE_MISSING: {
    message: 'Hồ sơ không có phần tử CHUKYDONVI để đặt chữ ký.',
    hint: 'Thêm phần tử CHUKYDONVI rỗng ở cuối phần tử gốc.',
  },
  ERR_SIGNATURE_PLACE_COUNT: {
    message: 'Hồ sơ có nhiều hơn một phần tử CHUKYDONVI.',
    hint: 'Chỉ giữ một phần tử CHUKYDONVI.',
  },
  ERR_SIGNATURE_PLACE_NOT_EMPTY: {
    message: 'Phần tử CHUKYDONVI không rỗng.',
    hint: 'Xoá nội dung của CHUKYDONVI trước khi ký.',
  },
  ERR_ALREADY_SIGNED: {
    message: 'Hồ sơ đã có chữ ký.',
    hint: 'Kiểm tra bằng bhxh verify; chỉ ký lại từ hồ sơ chưa ký.',
  },
  ERR_SIGNED_ELEMENT_MISSING: {
    message: 'Không tìm thấy phần tử cần ký.',
    hint: 'Kiểm tra cấu trúc hồ sơ bằng bhxh validate.',
  },
  ERR_SIGNED_ELEMENT_ID: {
    message: 'Phần tử cần ký không có Id hợp lệ và duy nhất.',
    hint: 'Đặt thuộc tính Id duy nhất cho phần tử cần ký.',
  },
  ERR_KEY_PASSWORD: { message: 'Mật khẩu của tệp khoá không đúng.', hint: 'Kiểm tra lại mật khẩu.' },
  ERR_PIN_INCORRECT: {
    message: 'PIN không đúng; đã thử đúng một lần.',
    hint: 'Kiểm tra PIN trước khi thử lại: token sẽ khoá sau vài lần sai.',
  },
  ERR_PIN_INVALID: {
    message: 'PIN không đúng dạng mà token chấp nhận.',
    hint: 'Kiểm tra độ dài và ký tự của PIN.',
  },
  ERR_PIN_EXPIRED: { message: 'PIN đã hết hạn.', hint: 'Đổi PIN bằng phần mềm của nhà cung cấp token.' },
  ERR_PIN_LOCKED: {
    message: 'Token đã bị khoá do nhập sai PIN nhiều lần.',
    hint: 'Liên hệ nhà cung cấp chứng thư số để mở khoá.',
  },
  ERR_PIN_FINAL_TRY: {
    message: 'Token chỉ còn một lần thử PIN nên phần mềm từ chối thử.',
    hint: 'Thử PIN bằng phần mềm của nhà cung cấp token.',
  },
  ERR_PIN_NOT_SET: {
    message: 'Token chưa được đặt PIN.',
    hint: 'Khởi tạo PIN bằng phần mềm của nhà cung cấp token.',
  },
  ERR_CERTIFICATE_MISSING: {
    message: 'Không token nào có chứng thư số khớp với tham chiếu ({failed}).',
    hint: 'Xem bằng bhxh token list, hoặc thêm --cert FILE.pem.',
  },
  ERR_CERTIFICATE_KEY_MISMATCH: {
    message: 'Chứng thư số không thuộc khoá này.',
    hint: 'Chọn đúng cặp khoá và chứng thư.',
  },
  ERR_CERTIFICATE_EXPIRED: { message: 'Chứng thư số đã hết hạn.', hint: 'Gia hạn chứng thư số.' },
  ERR_CERTIFICATE_NOT_YET_VALID: {
    message: 'Chứng thư số chưa đến thời hạn hiệu lực.',
    hint: 'Kiểm tra ngày giờ của máy và thời hạn của chứng thư.',
  },
  ERR_CERTIFICATE_NOT_FOR_SIGNING: {
    message: 'Chứng thư số không được cấp để ký.',
    hint: 'Chọn chứng thư có mục đích ký số.',
  },
  ERR_CERTIFICATE_REFUSED: {
    message: 'Bên kiểm tra sẽ không chấp nhận chứng thư số này ({reason}).',
    hint: 'Dùng chứng thư số của tổ chức được cấp phép, hoặc đề nghị tổ chức đó cấp lại.',
  },
  ERR_CERTIFICATE_STATUS_UNKNOWN: {
    message: 'Chưa xác định được chứng thư số hiện có hiệu lực hay không ({reason}).',
    hint: 'Thử lại khi có kết nối, hoặc cung cấp danh sách thu hồi của tổ chức cấp.',
  },
  ERR_CERTIFICATE_REVOKED: {
    message: 'Chứng thư số đã bị thu hồi.',
    hint: 'Liên hệ nhà cung cấp chứng thư số.',
  },
  ERR_KEY_MISSING: {
    message: 'Không tìm thấy khoá riêng trong token hoặc tệp.',
    hint: 'Kiểm tra nhãn và mã của khoá.',
  },
  ERR_KEY_AMBIGUOUS: {
    message: 'Token có nhiều khoá khớp với tham chiếu: {candidates}.',
    hint: 'Chọn một tham chiếu trong số này làm khoá; xem từng khoá bằng bhxh token list.',
  },
  ERR_KEY_TOO_SMALL: { message: 'Khoá quá ngắn.', hint: 'Dùng RSA từ 2048 bit hoặc ECDSA từ 256 bit.' },
  ERR_KEY_TYPE: { message: 'Loại khoá này không được dùng.', hint: 'Dùng RSA hoặc ECDSA.' },
  ERR_ENGINE_MISSING: {
    message: 'Chưa cài gói {engine} mà --engine yêu cầu.',
    hint: 'Chạy: {command}, hoặc bỏ --engine.',
  },
  ERR_ENGINE_UNFIT: {
    message:
      '{engine} không ký được tài liệu này: {part} (tối đa 256 KiB, RSA với SHA-256 hoặc SHA-512, một tham chiếu đến toàn bộ tài liệu).',
    hint: 'Bỏ --engine.',
  },
  ERR_MODULE_MISSING: {
    message: 'Không tìm thấy thư viện PKCS#11 {module} của token.',
    hint: 'Cài trình điều khiển của token, hoặc thêm ?module-path=/đường/dẫn/thư/viện vào tham chiếu khoá.',
  },
  ERR_MODULE_UNUSABLE: {
    message: 'Không nạp được thư viện PKCS#11 {module} ({why}).',
    hint: 'Cài trình điều khiển đúng kiến trúc, hoặc dùng Node.js cùng kiến trúc với trình điều khiển.',
  },
  ERR_MODULE_LOADER_MISSING: {
    message: 'Không dùng được gói {loader} để nạp thư viện PKCS#11.',
    hint: 'Chạy: {command}; nếu máy không có trình biên dịch: npm install koffi',
  },
  ERR_MECHANISM_MISSING: {
    message: 'Token không ký được bằng thuật toán này ({returnValue}).',
    hint: 'Chọn định dạng chữ ký khác hoặc token khác.',
  },
  ERR_TOKEN_MISSING: {
    message: 'Không thấy token {token} ({failed}).',
    hint: 'Cắm token rồi xem bằng: bhxh token list',
  },
  ERR_TOKEN_AMBIGUOUS: {
    message: 'Nhiều token khớp với tham chiếu: {candidates}.',
    hint: 'Chọn một tham chiếu trong số này làm khoá; xem từng khoá bằng bhxh token list.',
  },
  ERR_TOKEN_GONE: {
    message: 'Token {token} đã bị rút hoặc mất kết nối ({returnValue}).',
    hint: 'Cắm lại token rồi chạy lại.',
  },
  ERR_TOKEN: {
    message: 'Token {token} báo lỗi ({returnValue}).',
    hint: 'Rút token ra và cắm lại; nếu vẫn lỗi, hỏi nhà cung cấp và nêu mã lỗi.',
  },
  ERR_KEY_NOT_FOR_SIGNING: {
    message: 'Token không cho phép dùng khoá này để ký ({returnValue}).',
    hint: 'Chọn khoá dùng để ký trên token, hoặc hỏi nhà cung cấp chứng thư số.',
  },
  ERR_MODULE_AMBIGUOUS: {
    message: 'Nhiều thư viện PKCS#11 cùng có khoá khớp với tham chiếu: {candidates}.',
    hint: 'Chọn một tham chiếu trong số này làm khoá; xem từng khoá bằng bhxh token list.',
  },
  ERR_MODULE_TIMEOUT: {
    message: 'Thư viện PKCS#11 {module} không trả lời trong {seconds} giây.',
    hint: 'Rút token ra và cắm lại; nếu vẫn lỗi, cài lại trình điều khiển.',
  },
  ERR_TOKEN_BUSY: {
    message: 'Token {token} đang được chương trình khác sử dụng ({returnValue}).',
    hint: 'Đóng các chương trình khác đang dùng token rồi chạy lại.',
  },
  ERR_TOKEN_MEMORY: {
    message: 'Token {token} hoặc trình điều khiển đã hết bộ nhớ ({returnValue}).',
    hint: 'Rút token ra, cắm lại và đóng các chương trình khác.',
  },
  ERR_SIGNING_CANCELLED: { message: 'Đã huỷ ký.', hint: 'Chạy lại khi sẵn sàng.' },
  ERR_SIGNATURE_WRONG: {
    message: 'Chữ ký vừa tạo không kiểm tra được nên không được dùng.',
    hint: 'Kiểm tra token, thư viện và chứng thư.',
  },
  ERR_REMOTE_REFUSED: {
    message: 'Người dùng hoặc dịch vụ đã từ chối yêu cầu ký.',
    hint: 'Nếu đó là yêu cầu của mình, hãy chạy lại và xác nhận trên điện thoại.',
  },
  ERR_REMOTE_EXPIRED: {
    message: 'Yêu cầu ký hoặc uỷ quyền ký đã hết hạn.',
    hint: 'Chạy lại và xác nhận sớm hơn.',
  },
  ERR_REMOTE_ANSWER: {
    message: 'Dịch vụ ký từ xa trả lời không đúng dạng.',
    hint: 'Thử lại sau; nếu còn lỗi hãy liên hệ nhà cung cấp.',
  },
  ERR_REMOTE_CREDENTIALS: {
    message: 'Dịch vụ ký từ xa không chấp nhận tài khoản.',
    hint: 'Kiểm tra tài khoản trong cấu hình.',
  },
  ERR_REMOTE_CODE: {
    message: 'Dịch vụ ký từ xa không chấp nhận mã PIN hoặc mã dùng một lần.',
    hint: 'Lấy mã mới rồi chạy lại; nhập sai nhiều lần sẽ bị khoá.',
  },
  ERR_REMOTE_LOCKED: {
    message: 'Khoá ký này đang bị khoá hoặc ngừng dùng tại dịch vụ ký từ xa.',
    hint: 'Yêu cầu nhà cung cấp mở khoá; trong lúc chờ hãy ký bằng khoá khác.',
  },
  ERR_REMOTE_CERTIFICATE: {
    message: 'Dịch vụ ký từ xa đưa ra chứng thư khác với chứng thư trong cấu hình.',
    hint: 'Nếu chứng thư vừa được cấp lại, hãy đối chiếu với nhà cung cấp rồi ghi SHA-256 mới vào cấu hình.',
  },
  ERR_REMOTE_TIMEOUT: {
    message: 'Không ai xác nhận yêu cầu ký trong thời gian cho phép.',
    hint: 'Chạy lại và xác nhận trên điện thoại, hoặc tăng patience trong cấu hình.',
  },
  ERR_REMOTE_UNAVAILABLE: { message: 'Dịch vụ ký từ xa tạm ngừng.', hint: 'Thử lại sau.' },
  ERR_REMOTE_UNREACHABLE: {
    message: 'Không kết nối được dịch vụ ký từ xa.',
    hint: 'Kiểm tra mạng và địa chỉ dịch vụ.',
  },
  ERR_SIGNING_BUG: {
    message: 'Lỗi của chính thư viện ký.',
    hint: 'Vui lòng báo lại, không kèm dữ liệu cá nhân.',
  },
  ERR_TIME_STAMP: {
    message: 'Tổ chức cấp dấu thời gian không trả về dấu thời gian dùng được ({part}).',
    hint: 'Thử lại, hoặc kiểm tra địa chỉ và tài khoản của tổ chức cấp dấu thời gian.',
  },
  ERR_TIME_STAMP_SOURCE: {
    message: 'Mẫu chữ ký này cần dấu thời gian nhưng chưa nêu tổ chức cấp dấu thời gian.',
    hint: 'Nêu địa chỉ bằng `--tsa`, hoặc ký theo mẫu xades-b.',
  },
  ERR_EVIDENCE_DAMAGED: {
    message: 'Chứng cứ đã lưu bị hỏng hoặc thuộc về hồ sơ khác.',
    hint: 'Kiểm tra lại chính hồ sơ đó.',
  },
  ERR_BATCH_SIZE: { message: 'Số hồ sơ ký cùng lúc phải từ 1 trở lên.', hint: 'Nhập một số nguyên từ 1.' },
};
