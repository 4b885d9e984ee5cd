import {
  buildDossier,
  type Attachment,
  type Dossier,
  type FormDocument,
  type FormRow,
} from '@bhxh/sdk/declarations';
import { openSpecifications, type Specifications } from '@bhxh/sdk/specifications';
import { createDemoAuthority, keyObjectSigner, sign, type Signer } from '@bhxh/signing';
import { openContract } from '../src/contract/contract.ts';
import { registerUnitCertificate } from '../src/register/units.ts';
import { demoUnits } from '../src/seed/units.ts';
import type { BhxhServer } from '../src/server.ts';
import { answerOf, type Answer } from './hospital.ts';

export const specifications: Specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const wire = openContract('declarations-gateway.yaml');

/** Answers are held against the OpenAPI description, each. */
export interface DescribedAnswer extends Answer {
  readonly problems: readonly unknown[];
}

/** An employer's software that knows the description of the gateway and the SDK's builder, and nothing of the server. */
export interface UnitOffice {
  readonly code: string;
  readonly taxCode: string;
  readonly signer: Signer;
  login(): Promise<DescribedAnswer>;
  call(operation: string, path: string, init?: RequestInit): Promise<DescribedAnswer>;
  /** Builds, signs and sends. */
  file(dossier: Dossier, headers?: Record<string, string>): Promise<DescribedAnswer>;
  send(bytes: Uint8Array, headers?: Record<string, string>): Promise<DescribedAnswer>;
  build(dossier: Dossier, isSigned?: boolean): Promise<Uint8Array>;
  status(id: string): Promise<Record<string, unknown>>;
  document(id: string): Promise<Uint8Array>;
  dossier(
    procedure: string,
    month: string,
    forms: readonly FormDocument[],
    attachments?: readonly Attachment[],
  ): Dossier;
  form(
    form: string,
    month: string,
    rows: readonly (FormRow | Readonly<Record<string, string>>)[],
  ): FormDocument;
}

const authorities = new WeakMap<BhxhServer, ReturnType<typeof createDemoAuthority>>();

export async function openUnitOffice(server: BhxhServer, code: string): Promise<UnitOffice> {
  const account = server.accounts.find(({ units, role }) => role === 'unit' && units?.includes(code));
  const unit = demoUnits().find((one) => one.code === code);
  if (account === undefined || unit === undefined) throw new Error(`no unit ${code}`);
  const authority = authorities.get(server) ?? createDemoAuthority({ now: () => server.clock.now() });
  authorities.set(server, authority);
  const identity = authority.issue({ mst: unit.taxCode, name: `Unit ${code}` });
  await registerUnitCertificate(server.store, code, identity.certificate);
  const signer = keyObjectSigner({
    key: identity.key,
    certificate: identity.certificate,
    chain: identity.chain,
    label: code,
  });
  const now = (): Date => server.clock.now();
  let token = '';
  const office: UnitOffice = {
    code,
    taxCode: unit.taxCode,
    signer,
    async call(operation, path, init = {}) {
      const response = await server.fetch(
        new Request(`http://server/declarations/v1/${path}`, {
          ...init,
          headers: {
            Authorization: `Bearer ${token}`,
            ...(init.headers as Record<string, string> | undefined),
          },
        }),
      );
      const answer = await answerOf(response);
      const type = answer.headers.get('content-type');
      const body = type?.includes('json') === true ? answer.body : answer.text;
      return {
        ...answer,
        problems: wire.get(operation)?.checkReply(answer.status, type, body) ?? ['unknown'],
      };
    },
    async login() {
      const answer = await office.call('openSession', 'sessions', {
        method: 'POST',
        body: JSON.stringify({ username: account.username, password: account.password }),
      });
      token = String(answer.body['token']);
      return answer;
    },
    build: (dossier, isSigned = true) =>
      buildDossier(
        specifications,
        dossier,
        isSigned ? (bytes) => sign(bytes, signer, { profile: 'declaration-xml', now }) : undefined,
      ),
    file: async (dossier, headers) => office.send(await office.build(dossier), headers),
    send: (bytes, headers = {}) =>
      office.call('submitDossier', 'dossiers', {
        method: 'POST',
        body: Uint8Array.from(bytes),
        headers: { 'Content-Type': 'application/xml', ...headers },
      }),
    status: async (id) => (await office.call('readDossier', `dossiers/${id}`)).body,
    async document(id) {
      const response = await server.fetch(
        new Request(`http://server/declarations/v1/documents/${encodeURIComponent(id)}`, {
          headers: { Authorization: `Bearer ${token}` },
        }),
      );
      return new Uint8Array(await response.arrayBuffer());
    },
    form: (form, month, rows) => ({
      form,
      header: {
        ...(form === 'TK3-TS' ? {} : { TenDonVi: `Unit ${code}`, MaDonVi: code, MaSoThue: unit.taxCode }),
        KyKeKhai: `${month.slice(5)}/${month.slice(0, 4)}`,
        NgayLap: '10/10/2026',
      },
      rows: rows.map((row, index): FormRow => {
        const { values, appendix } = ('values' in row ? row : { values: row }) as FormRow;
        const numbered = { values: { stt: String(index + 1), ...values } };
        return appendix === undefined ? numbered : { ...numbered, appendix };
      }),
    }),
    dossier: (procedure, month, forms, attachments = []) => ({
      provider: { MaIVAN: '99999', TenIVAN: 'Provider' },
      unit: {
        TenDoiTuong: `Unit ${code}`,
        MaSoBHXH: code,
        MaSoThue: unit.taxCode,
        LoaiDoiTuong: '1',
        NguoiKy: 'Director',
        DienThoai: '0990000001',
        CoQuanQuanLy: '09901',
      },
      dossier: {
        TenThuTuc: procedure,
        MaThuTuc: procedure,
        KyKeKhai: `${month.slice(5)}/${month.slice(0, 4)}`,
        NgayLap: '10/10/2026',
        QuyTrinhISO: '',
      },
      forms,
      attachments,
    }),
  };
  return office;
}

/** A worker with a number of the reserved range, as a row of D02-TS says him. */
export function worker(
  index: number,
  pa: string,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const isWoman = index % 2 === 0;
  return {
    pa,
    Hoten: `Worker ${index}`,
    Masobhxh: `99${String(index).padStart(8, '0')}`,
    Ngaysinh: '02/03/1990',
    Gioitinh: isWoman ? '0' : '1',
    Cmnd: `099${isWoman ? '1' : '0'}90${String(index).padStart(6, '0')}`,
    chucVu: 'Clerk',
    tuThang: '10/2026',
    ...(['GH', 'GD', 'GC', 'DC', 'CD'].includes(pa)
      ? { soQuyetDinh: '1/QD', ngayQuyetDinh: '01/10/2026' }
      : {}),
    ...own,
  };
}

/** Closes a month for every unit and gives the run as it ended. */
export async function closeMonth(
  server: BhxhServer,
  adminKey: string,
  month: string,
): Promise<Record<string, unknown>> {
  const ask = (method: string, path: string): Promise<Response> =>
    server.fetch(
      new Request(`http://server/control/months/${path}`, {
        method,
        headers: { 'x-bhxh-admin-key': adminKey },
      }),
      { address: '127.0.0.1' },
    );
  const { status } = await ask('POST', `${month}/close`);
  if (status !== 200) throw new Error(`${month} is not closed: ${status}`);
  await server.idle();
  return (await (await ask('GET', month)).json()) as Record<string, unknown>;
}

/** What stands over the forms 04, 05 and 06 of a unit. */
export const registrationHeader = ({
  code,
  taxCode,
}: Pick<UnitOffice, 'code' | 'taxCode'>): Readonly<Record<string, string>> => ({
  TenCoQuan: 'Agency',
  MaCoQuan: '09901',
  LoaiDoiTuong: '1',
  TenDoiTuong: `Unit ${code}`,
  MaSoThue: taxCode,
  DienThoai: '0990000001',
  Email: 'unit@example.test',
  NguoiLienHe: 'Contact',
  DiaChi: '1 Street',
  NgayLap: '10/10/2026',
  NgayDangKy: '10/10/2026',
});
