import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { hashSecret, wirePassword } from '../src/accounts/secrets.ts';
import { openStore } from '../src/store/open-store.ts';

const PASSWORD = 'a password for everybody';
const ROWS = 500;

/** Three characters behind the synthetic province, so that there are more of them than a thousand. */
const codeOf = (number: number): string => `99${number.toString(36).toUpperCase().padStart(3, '0')}`;

/**
 * An address of its own on this machine for each facility, so that limits of an address hold for it alone. Other systems
 * than Linux have only one.
 */
const addressOf = (number: number): string =>
  process.platform === 'linux'
    ? `127.${1 + (number >> 16)}.${(number >> 8) & 255}.${1 + (number & 127)}`
    : '127.0.0.1';

/** Fills an empty store with facilities that have one account each. */
export async function seedFacilities(place: string, count: number): Promise<void> {
  const store = await openStore(place);
  try {
    const secret = await hashSecret(wirePassword(PASSWORD));
    for (let at = 0; at < count; at += ROWS) {
      const numbers = Array.from({ length: Math.min(ROWS, count - at) }, (_, number) => at + number);
      await store.write(async (connection) => {
        await connection
          .insertInto('facility')
          .values(
            numbers.map((number) => ({
              code: codeOf(number),
              name: `Cơ sở thử nghiệm ${number}`,
              province: '99',
              status: 'active' as const,
              issues_certificates: 0 as const,
              tax_code: null,
            })),
          )
          .execute();
        await connection
          .insertInto('account')
          .values(
            numbers.map((number) => ({
              id: `many-${number}`,
              username: `${codeOf(number)}_BV`,
              role: 'facility' as const,
              facility: codeOf(number),
              secret,
              status: 'active' as const,
              reads_history: 0 as const,
              addresses: null,
              changed_at: 0,
            })),
          )
          .execute();
      });
    }
  } finally {
    await store.close();
  }
}

/** A facility with one connection of its own. */
export interface SmallHospital {
  /** Resolves with nothing when it worked, otherwise with what was answered. */
  login(): Promise<string | undefined>;
  claim(): Promise<string | undefined>;
  close(): void;
}

interface Said {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** `connections` is 1 for a hospital that waits for each answer. */
export function openSmallHospital(url: string, number: number, connections = 1): SmallHospital {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, localAddress: addressOf(number) });
  const facility = codeOf(number);
  const username = `${facility}_BV`;
  const md5 = createHash('md5').update(PASSWORD).digest('hex').toUpperCase();
  let token: Readonly<Record<string, string>> = {};
  let claims = 0;
  const post = (path: string, fields: Record<string, string>): Promise<Said> =>
    new Promise((resolve, reject) => {
      const body = new URLSearchParams(fields).toString();
      const outgoing = request(
        url + path,
        {
          agent,
          method: 'POST',
          headers: {
            'Content-Type': 'application/x-www-form-urlencoded',
            'Content-Length': Buffer.byteLength(body),
            ...token,
          },
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (piece: string) => (text += piece));
          answer.once('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              body: JSON.parse(text) as Record<string, unknown>,
            }),
          );
          answer.once('error', reject);
        },
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  return {
    async login() {
      const { status, body } = await post('/api/token/take', { username, password: md5 });
      const key = body['APIKey'] as { access_token: string; id_token: string } | undefined;
      if (key === undefined) return `${status} ${String(body['code'] ?? body['maKetQua'])}`;
      token = { accessToken: key.access_token, tokenId: key.id_token, passwordHash: md5 };
      return undefined;
    },
    async claim() {
      const table = Buffer.from(`<TONG_HOP><MA_LK>${facility}-${(claims += 1)}</MA_LK></TONG_HOP>`);
      const file = `<GIAMDINHHS><THONGTINDONVI><MACSKCB>${facility}</MACSKCB></THONGTINDONVI><THONGTINHOSO><NGAYLAP>20261121</NGAYLAP><SOLUONGHOSO>1</SOLUONGHOSO><DANHSACHHOSO><HOSO><FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE>${table.toString('base64')}</NOIDUNGFILE></FILEHOSO></HOSO></DANHSACHHOSO></THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>`;
      const { status, body } = await post('/api/qd130/guiHoSoXmlQD3176', {
        username,
        loaiHoSo: '130',
        maTinh: '99',
        maCSKCB: facility,
        fileHSBase64: Buffer.from(file).toString('base64'),
      });
      return body['maKetQua'] === 200 ? undefined : `${status} ${String(body['code'] ?? body['maKetQua'])}`;
    },
    close: () => agent.destroy(),
  };
}
