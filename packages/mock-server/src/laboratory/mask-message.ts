/** Fields that carry credentials, however they are spelled. */
const SECRET =
  /^(?:password|passwordhash|accesstoken|tokenid|token|id_token|access_token|refreshtoken|authorization|cookie|x-bhxh-admin-key|secret|client_secret|pin|otp|code|current|new)$/i;
/** Cards, personal ids, phones and mã số BHXH in running text. */
const PERSONAL = /\b(?:[A-Z]{2}[1-5]\d{12}|\d{12}|\d{10})\b/g;
/** Fields whose values are people, or whole documents. */
const PERSON = /^(?:hoten|hotencb|fullname|headname|ngaysinh|birthdate|mathe|cccdcb|number|diachi|from)$/i;
const DOCUMENT = /^(?:file.*base64(?:str)?|signdata)$/i;
const LONGEST = 4_000;

const HIDDEN = '***';

const maskText = (text: string): string =>
  text.replaceAll(
    PERSONAL,
    (value) => `${value.slice(0, 2)}${'*'.repeat(value.length - 5)}${value.slice(-3)}`,
  );

function maskValue(name: string, value: string): string {
  if (SECRET.test(name)) return HIDDEN;
  if (PERSON.test(name)) return value === '' ? '' : HIDDEN;
  if (DOCUMENT.test(name)) return `(${value.length} characters)`;
  return maskText(value);
}

export function maskHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].map(([name, value]) => [name, maskValue(name, value)]));
}

/** A query string with its values masked. */
export function maskQuery(query: URLSearchParams): string {
  const masked = [...query].map(([name, value]) => `${name}=${maskValue(name, value)}`);
  return masked.length === 0 ? '' : `?${masked.join('&')}`;
}

/** The beginning of a body as people may read it; what is neither JSON, a form nor a problem is told by its size alone. */
export function maskBody(body: Uint8Array, contentType: string | null): string {
  if (body.length === 0) return '';
  const text = Buffer.from(body).toString('utf8');
  const type = contentType?.split(';')[0]?.trim() ?? '';
  if (type === 'application/x-www-form-urlencoded') return cut(maskQuery(new URLSearchParams(text)).slice(1));
  if (/^application\/(?:problem\+)?json$/.test(type)) {
    try {
      return cut(JSON.stringify(maskJson('', JSON.parse(text)), null, 1));
    } catch {
      return `(${body.length} bytes, no JSON)`;
    }
  }
  return `(${body.length} bytes, ${type === '' ? 'no type' : type})`;
}

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

function maskJson(name: string, value: unknown): unknown {
  if (typeof value === 'string') return maskValue(name, value);
  if (Array.isArray(value)) return value.slice(0, 50).map((one) => maskJson(name, one));
  if (typeof value !== 'object' || value === null) return SECRET.test(name) ? HIDDEN : value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskJson(key, inner)]));
}
