import { createHash } from 'node:crypto';
import type { DemoAccount } from '../src/seed/demo.ts';

/** An existing hospital system: it knows the gateway's paths, form fields and headers, and nothing of this project. */
export interface Hospital {
  readonly facility: string;
  readonly username: string;
  readonly md5: string;
  token(md5?: string): Promise<Answer>;
  login(): Promise<void>;
  /** POST a form with the token headers of the qd130 family. */
  upload(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  /** A form with the token in the query string. */
  ask(path: string, fields: Record<string, string>): Promise<Answer>;
  claim(
    bytes: Uint8Array,
    change?: Record<string, string>,
    headers?: Record<string, string>,
    path?: string,
  ): Promise<Answer>;
  result(id: string): Promise<Answer>;
  get(path: string): Promise<Answer>;
  tokens(): { access: string; id: string };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Some answers are meant not to be JSON.
  }
  return { status: response.status, headers: response.headers, body, text };
}

export const claimPath = '/api/qd130/guiHoSoXmlQD3176';

/** Where to call; a function is asked anew for every call. */
export type Address = string | (() => string);

export function createHospital(address: Address, account: DemoAccount): Hospital {
  const at = (path: string): string => (typeof address === 'string' ? address : address()) + path;
  const md5 = createHash('md5').update(account.password).digest('hex').toUpperCase();
  const facility = account.facility ?? '';
  let access = '';
  let id = '';
  const headers = (): Record<string, string> => ({ accessToken: access, tokenId: id, passwordHash: md5 });
  const form = async (
    path: string,
    fields: Record<string, string>,
    more: Record<string, string>,
  ): Promise<Answer> =>
    await answerOf(
      await fetch(at(path), {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...more },
        body: new URLSearchParams(fields).toString(),
      }),
    );
  const hospital: Hospital = {
    facility,
    username: account.username,
    md5,
    token: (password = md5) => form('/api/token/take', { username: account.username, password }, {}),
    async login() {
      const { body } = await hospital.token();
      const key = body['APIKey'] as { access_token: string; id_token: string };
      access = key.access_token;
      id = key.id_token;
    },
    upload: (path, fields, more = {}) => form(path, fields, { ...headers(), ...more }),
    ask: (path, fields) =>
      form(
        `${path}?${new URLSearchParams({ token: access, id_token: id, username: account.username, password: md5 }).toString()}`,
        fields,
        {},
      ),
    claim: (bytes, change = {}, more = {}, path = claimPath) =>
      hospital.upload(
        path,
        {
          username: account.username,
          loaiHoSo: '130',
          maTinh: facility.slice(0, 2),
          maCSKCB: facility,
          fileHSBase64: Buffer.from(bytes).toString('base64'),
          ...change,
        },
        more,
      ),
    result: (transaction) => hospital.get(`/bhxh/v1/claims/${transaction}`),
    get: async (path) => await answerOf(await fetch(at(path), { headers: headers() })),
    tokens: () => ({ access, id }),
  };
  return hospital;
}
