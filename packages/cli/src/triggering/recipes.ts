import { buildDossier, type Dossier } from '@bhxh/sdk/declarations';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { generateClaims } from '@bhxh/sdk/synthetic';
import { cliError } from '../cli-error.ts';
import { certificates } from './certificates.ts';
import { credit, reversedCredit, traceInquiry } from './payments.ts';
import {
  anySeed,
  asHospital,
  decided,
  FACILITY,
  keyOf,
  newSeed,
  type Recipe,
  signedBy,
  type Stage,
} from './stage.ts';

/** Moves the server's clock to what is due next until a dossier stands where it should; it passes seven steps at most. */
const MOST_STEPS = 12;

export const recipes: ReadonlyMap<string, Recipe> = new Map<string, Recipe>([
  ['claim.received', (stage) => claim(stage, true)],
  ['claim.adjudicated', (stage) => decided(stage, claim(stage, true))],
  // Unsigned, as a hospital sends it that forgot to sign.
  ['claim.rejected', (stage) => decided(stage, claim(stage, false))],
  ['claim.replaced', replacedClaim],
  ['certificates.received', (stage) => certificates(stage, true)],
  ['certificates.accepted', (stage) => decided(stage, certificates(stage, true))],
  ['certificates.rejected', (stage) => decided(stage, certificates(stage, false))],
  ['payment.received', credit],
  ['payment.reversed', reversedCredit],
  ['payment.trace', traceInquiry],
  ['dossier.received', (stage) => dossier(stage, true)],
  ['dossier.refused', (stage) => reached(stage, dossier(stage, false), 'refused')],
  ['dossier.recorded', (stage) => reached(stage, dossier(stage, true), 'recorded')],
  ['dossier.accepted', (stage) => reached(stage, dossier(stage, true), 'accepted')],
  ['dossier.completed', (stage) => reached(stage, dossier(stage, true), 'completed')],
  [
    'lookup.locked',
    async ({ control }) => String((await control.call('POST', `facilities/${FACILITY}/lookup-lock`))['id']),
  ],
]);

async function newClaim(stage: Stage): Promise<Uint8Array> {
  const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
  const seed = await newSeed(stage, 'claim.received');
  for await (const { bytes } of generateClaims({ count: 1, seed, facility: FACILITY, specifications }))
    return bytes;
  throw new RangeError('no claim was generated');
}

const sendClaim = (stage: Stage, bytes: Uint8Array): Promise<string> =>
  asHospital(stage, async (client) => (await client.sendClaim(bytes)).maGiaoDich);

async function claim(stage: Stage, isSigned: boolean): Promise<string> {
  const bytes = await newClaim(stage);
  return await sendClaim(
    stage,
    isSigned ? await signedBy(keyOf(stage), bytes, 'bhxh-xml', await stage.now()) : bytes,
  );
}

/** The same claim again, signed a second later: other bytes for the same MA_LK are its next revision. */
async function replacedClaim(stage: Stage): Promise<string> {
  const bytes = await newClaim(stage);
  const now = await stage.now();
  const first = await sendClaim(stage, await signedBy(keyOf(stage), bytes, 'bhxh-xml', now));
  await stage.control.call('POST', 'idle');
  const later = new Date(now.getTime() - 1_000);
  await sendClaim(stage, await signedBy(keyOf(stage), bytes, 'bhxh-xml', later));
  await stage.control.call('POST', 'idle');
  return first;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** A new worker of the first unit, reported by D02-TS. */
async function dossier(stage: Stage, isSigned: boolean): Promise<string> {
  const { ready } = stage;
  const key = ready.unitKeys?.[0];
  const unit = key?.unit ?? '';
  const account = ready.accounts.find(({ role, units }) => role === 'unit' && units?.includes(unit) === true);
  if (key === undefined || account === undefined)
    throw cliError('ERR_ACCOUNT_MISSING', { missing: 'unitKeys' });
  const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
  const now = await stage.now();
  const local = new Date(now.getTime() + 7 * 3_600_000);
  const month = `${twoDigits(local.getUTCMonth() + 1)}/${local.getUTCFullYear()}`;
  const day = `${twoDigits(local.getUTCDate())}/${month}`;
  const token = await session(ready.url, account);
  const { taxCode, name, agency } = await ask<{ taxCode: string; name: string; agency: string }>(
    ready.url,
    `units/${unit}`,
    token,
  );
  const place = String(anySeed(now) % 1_000_000).padStart(6, '0');
  const document: Dossier = {
    provider: { MaIVAN: '99999', TenIVAN: 'Provider' },
    unit: {
      TenDoiTuong: name,
      MaSoBHXH: unit,
      MaSoThue: taxCode,
      LoaiDoiTuong: '1',
      NguoiKy: 'Director',
      DienThoai: '0990000001',
      CoQuanQuanLy: agency,
    },
    dossier: { TenThuTuc: '600', MaThuTuc: '600', KyKeKhai: month, NgayLap: day, QuyTrinhISO: '' },
    forms: [
      {
        form: 'D02-TS',
        header: { TenDonVi: name, MaDonVi: unit, MaSoThue: taxCode, KyKeKhai: month, NgayLap: day },
        rows: [
          {
            values: {
              stt: '1',
              pa: 'TM',
              Hoten: 'Worker',
              Masobhxh: `9900${place}`,
              Ngaysinh: '02/03/1990',
              Gioitinh: '1',
              Cmnd: `099090${place}`,
              chucVu: 'Clerk',
              tuThang: month,
              tienLuong: '8000000',
            },
          },
        ],
      },
    ],
    attachments: [],
  };
  const bytes = await buildDossier(
    specifications,
    document,
    isSigned ? (form) => signedBy(key, form, 'declaration-xml', now) : undefined,
  );
  const { maGiaoDich } = await ask<{ maGiaoDich: string }>(ready.url, 'dossiers', token, {
    method: 'POST',
    headers: { 'Content-Type': 'application/xml' },
    body: Uint8Array.from(bytes),
  });
  return maGiaoDich;
}

async function session(url: string, account: { username: string; password: string }): Promise<string> {
  const { username, password } = account;
  const { token } = await ask<{ token: string }>(url, 'sessions', undefined, {
    method: 'POST',
    body: JSON.stringify({ username, password }),
  });
  return token;
}

async function ask<T>(
  url: string,
  path: string,
  token: string | undefined,
  init: RequestInit = {},
): Promise<T> {
  const answer = await fetch(`${url}/declarations/v1/${path}`, {
    ...init,
    headers: { ...init.headers, ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
  });
  const said = (await answer.json()) as Record<string, unknown>;
  if (answer.ok) return said as T;
  throw cliError('ERR_SERVER_REFUSED', { code: String(said['code']), why: String(said['title']) });
}

/** Lets time pass on the server until the office is that far; the clock stands where the last step was due. */
async function reached({ control }: Stage, made: Promise<string>, state: string): Promise<string> {
  const id = await made;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    await control.call('POST', 'idle');
    const { arrival, due } = (await control.call('GET', `arrivals/${encodeURIComponent(id)}`)) as {
      readonly arrival: { readonly state: string };
      readonly due: number | null;
    };
    if (arrival.state === state) return id;
    if (due === null) throw cliError('ERR_SERVER_REFUSED', { code: arrival.state, why: id });
    const { now } = (await control.call('GET', 'clock')) as { readonly now: string };
    if (due > Date.parse(now))
      await control.call('POST', 'clock/advance', { to: new Date(due).toISOString() });
  }
  throw cliError('ERR_SERVER_REFUSED', { code: state, why: id });
}
