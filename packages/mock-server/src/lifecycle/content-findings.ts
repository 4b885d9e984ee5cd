import { scan } from '@bhxh/xml';
import type { Specifications } from '@bhxh/sdk/specifications';
import { readEnvelope, readRows } from '../adjudication/read-claim-file.ts';
import type { ShownFinding } from './outcome.ts';
import { ownFinding } from './own-findings.ts';

/** Which papers each loaiHs stands for. */
const PAPERS: Readonly<Record<string, readonly string[]>> = {
  '39': ['CT03', 'CT04', 'CT06', 'CT07', 'GIAYDIEUTRINOITRU', 'GIAYDIEUTRIVOSINH', 'GIAYSUCKHOEME'],
  '60': ['GIAYBAOTU'],
  '61': ['GIAYCHUNGSINH'],
};

/** Documents beside claims: whether they hold what they were sent as, and are the sender's own. They are well-formed. */
export function contentFindings(
  specifications: Specifications,
  document: { readonly kind: string; readonly form: string; readonly facility: string },
  content: Uint8Array,
): ShownFinding[] {
  const foreign = (path: string): ShownFinding =>
    ownFinding('FACILITY_MATCH', document.facility, 'R013', path);
  switch (document.kind) {
    case 'check-in':
      return readRows(content)
        .filter((row) => (row.get('MA_CSKCB') ?? document.facility) !== document.facility)
        .slice(0, 1)
        .map(() => foreign('XML0/TRANG_THAI_KCB/MA_CSKCB'));
    case 'certificates':
    case 'death-or-birth-paper': {
      const { facility, kinds } = readEnvelope(content);
      const allowed = PAPERS[document.form] ?? [];
      return [
        ...(facility === document.facility ? [] : [foreign('HSCHUNGTU/THONGTINDONVI/MACSKCB')]),
        ...kinds.filter((kind) => !allowed.includes(kind)).map((kind) => ownFinding('FORM_CONTENT', kind)),
      ];
    }
    case 'catalogue': {
      const list = listOf(content);
      const belongs = Object.values(specifications.catalogues()).some(
        (catalogue) => catalogue.send?.loaiHs === document.form && catalogue.list === list,
      );
      return belongs ? [] : [ownFinding('FORM_CONTENT', list)];
    }
    default:
      return [];
  }
}

/** Name of the first element below the root. */
function listOf(content: Uint8Array): string {
  let name = '';
  scan(content, {
    startElement(scanner, start, end) {
      if (scanner.depth !== 2 || name !== '') return;
      name = Buffer.from(scanner.bytes.subarray(start - scanner.base, end - scanner.base)).toString('utf8');
    },
  });
  return name;
}
