import { indexElements, type IndexedElement } from '@bhxh/xml';
import type { ClaimsClient } from '../client.ts';
import type { BhxhError } from '../errors/bhxh-error.ts';
import type { MaintenanceWindow } from '../specifications/types.ts';
import { claimDeadlines } from './claim-deadline.ts';
import { endOfMaintenance } from './maintenance.ts';
import { uploadWindow } from './size-window.ts';
import { openSpecifications, type Specifications } from '../specifications/index.ts';
import { gatewayError } from '../transport/gateway-error.ts';
import { maskWords } from '../transport/mask-words.ts';
import type { Item } from '../submission/item.ts';
import type { SubmissionTarget } from '../submission/target.ts';
import {
  type CatalogueNumber,
  catalogueOperation,
  certificatesOperation,
  checkInOperation,
  claimOperation,
  deathOrBirthOperation,
  type GatewayStandard,
  medicalAssessmentOperation,
  monthlySummaryOperation,
  type SubmissionKind,
  type UploadOperation,
} from './operations.ts';

/** What the submission engine must know of a document: where it goes and what it is called there. */
export interface DocumentIdentity {
  readonly kind: SubmissionKind;
  /** Names the gateway route in the journal: `claim:3176`, `catalogue:03`. */
  readonly route: string;
  /** MACSKCB of the document; empty for kinds that carry none. */
  readonly facility: string;
  /** MA_LK for a claim; empty when only the bytes identify the document. */
  readonly key: string;
  /** NGAY_RA of a claim (yyyyMMdd…), from which its legal deadline counts. */
  readonly endedOn?: string;
}

export interface IdentifyOptions {
  /** Maintenance that was announced to this site, beside that of the specifications. */
  readonly maintenance?: readonly MaintenanceWindow[];
  /** Which route claims and check-ins take; the newest by default. */
  readonly standard?: GatewayStandard;
  /** Tells the catalogues apart. */
  readonly specifications?: Specifications;
}

/**
 * Reads kind, facility and business key from a document that is to be sent. It does not judge the document: that is
 * validation's work.
 *
 * @throws BhxhError `input` when the kind is unknown or the file holds several claims; XmlError when it is not XML
 */
export function identifyDocument(bytes: Uint8Array, options: IdentifyOptions = {}): DocumentIdentity {
  const index = indexElements(bytes);
  const { root } = index;
  const standard = options.standard ?? '3176';
  const textOf = (name: string): string => index.elementsNamed(name)[0]?.text.trim() ?? '';

  switch (root.localName) {
    case 'GIAMDINHHS': {
      const claims = index.elementsNamed('HOSO').length;
      if (claims !== 1) throw input('ERR_ONE_CLAIM_PER_FILE', { count: claims });
      const files = index.elementsNamed('FILEHOSO');
      return {
        kind: 'claim',
        route: `claim:${standard}`,
        facility: textOf('MACSKCB'),
        ...episodeOf(
          files,
          (file) => index.childrenOf(file),
          () => episodeIn(textOf),
        ),
      };
    }
    case 'CHI_TIEU_TRANG_THAI_KCB':
      return {
        kind: 'check-in',
        route: `check-in:${standard}`,
        facility: textOf('MA_CSKCB'),
        key: textOf('MA_LK'),
      };
    case 'CHI_TIEU_GIAM_DINH_YKHOA':
      return {
        kind: 'medical-assessment',
        route: 'medical-assessment',
        facility: '',
        key: textOf('SO_BIEN_BAN'),
      };
    case 'HSCHUNGTU': {
      const types = new Set(
        index.elementsNamed('LOAIHOSO').map((element) => element.text.trim().toUpperCase()),
      );
      const facility = textOf('MACSKCB');
      const key = index
        .elementsNamed('THONGTINHOSO')[0]
        ?.attributes.find(({ localName }) => localName === 'Id');
      const paper =
        types.has('GIAYBAOTU') || types.has('HSDLGBT')
          ? '60'
          : types.has('GIAYCHUNGSINH') || types.has('HSDLGCS')
            ? '61'
            : undefined;
      return paper === undefined
        ? { kind: 'certificates', route: 'certificates', facility, key: key?.value ?? '' }
        : {
            kind: 'death-or-birth-paper',
            route: `death-or-birth-paper:${paper}`,
            facility,
            key: key?.value ?? '',
          };
    }
    case 'HSDANHMUC': {
      const list = index.childrenOf(root).find(({ localName }) => localName !== 'CHUKYDONVI');
      const catalogues = (options.specifications ?? openSpecifications()).catalogues();
      const code = Object.keys(catalogues).find((name) => catalogues[name]!.list === list?.localName);
      const number = code?.slice(0, 2);
      if (number === undefined) throw unknownKind(`HSDANHMUC/${list?.localName ?? ''}`);
      const id = list?.attributes.find(({ localName }) => localName === 'Id');
      return { kind: 'catalogue', route: `catalogue:${number}`, facility: '', key: id?.value ?? '' };
    }
    default:
      throw unknownKind(root.localName);
  }
}

/** The upload that a route of the journal stands for. */
export function operationOf(route: string): UploadOperation {
  const [name = '', part = ''] = route.split(':');
  switch (name) {
    case 'claim':
      return claimOperation(part as GatewayStandard);
    case 'check-in':
      return checkInOperation(part as GatewayStandard);
    case 'medical-assessment':
      return medicalAssessmentOperation;
    case 'certificates':
      return certificatesOperation;
    case 'death-or-birth-paper':
      return deathOrBirthOperation(part as '60' | '61');
    case 'catalogue':
      return catalogueOperation(part as CatalogueNumber);
    case 'monthly-summary':
      return monthlySummaryOperation;
    default:
      throw unknownKind(route);
  }
}

/** Lets the submission engine send through a claims client and ask it what arrived. */
export function claimsTarget(client: ClaimsClient, options: IdentifyOptions = {}): SubmissionTarget {
  const specifications = (): Specifications => options.specifications ?? openSpecifications();
  let deadlineOf: ReturnType<typeof claimDeadlines> | undefined;
  return {
    host: new URL(client.environment.origin).host,
    sender: `${client.environment.name}/${client.facility}`,
    identify(bytes) {
      const { kind, route, key, facility, endedOn } = identifyDocument(bytes, options);
      if (facility !== '' && facility !== client.facility) {
        throw input('ERR_FACILITY_MISMATCH', { facility: facility.slice(0, 20), account: client.facility });
      }
      deadlineOf ??= claimDeadlines(specifications());
      const deadline = endedOn === undefined ? undefined : deadlineOf(endedOn);
      return deadline === undefined ? { kind, route, key } : { kind, route, key, deadline };
    },
    get clockSkew() {
      return client.clockSkew;
    },
    clockSkewLimit: specifications().limits.submission.clockSkewSeconds * 1000,
    closedUntil: (moment) =>
      endOfMaintenance(
        [...specifications().limits.submission.maintenance, ...(options.maintenance ?? [])],
        moment,
      ),
    sizeWindow: (bytes, moment) => uploadWindow(specifications().limits.gateway, bytes, moment),
    offers: (signal) => client.offers(signal),
    async send(item, bytes, options) {
      const receipt = await client.upload(operationOf(item.route), bytes, options);
      return {
        id: receipt.maGiaoDich,
        at: receipt.thoiGianTiepNhan,
        text: maskWords(receipt.thongDiep),
        attempts: receipt.attempts,
      };
    },
    async find(item: Item, signal) {
      const found =
        item.kind === 'claim'
          ? (await client.findClaims({ MA_LK: item.key, sha256: item.sha256, limit: 10 }, signal)).claims
          : (
              await client.findSubmissions(
                { kind: item.kind as SubmissionKind, sha256: item.sha256, limit: 10 },
                signal,
              )
            ).submissions;
      const match = found.find(({ sha256 }) => sha256 === item.sha256);
      return match ? { id: match.maGiaoDich, at: match.thoiGianTiepNhan, text: '' } : null;
    },
    async *list({ from, to }, signal) {
      let after: string | undefined;
      do {
        const page = await client.findSubmissions(
          {
            limit: 1000,
            ...(from === undefined ? {} : { from }),
            ...(to === undefined ? {} : { to }),
            ...(after === undefined ? {} : { after }),
          },
          signal,
        );
        for (const { kind, sha256, key, maGiaoDich, thoiGianTiepNhan } of page.submissions) {
          yield { kind, sha256, key: key ?? '', receipt: { id: maGiaoDich, at: thoiGianTiepNhan, text: '' } };
        }
        after = page.next ?? undefined;
      } while (after !== undefined);
    },
  };
}

interface Episode {
  readonly key: string;
  readonly endedOn?: string;
}

/** MA_LK and NGAY_RA of the table XML1. */
function episodeOf(
  files: readonly IndexedElement[],
  childrenOf: (file: IndexedElement) => readonly IndexedElement[],
  plain: () => Episode,
): Episode {
  for (const file of files) {
    const parts = childrenOf(file);
    if (
      parts
        .find(({ localName }) => localName === 'LOAIHOSO')
        ?.text.trim()
        .toUpperCase() !== 'XML1'
    )
      continue;
    const content = parts.find(({ localName }) => localName === 'NOIDUNGFILE');
    if (!content) continue;
    // Some systems write the table without base64, as text or as elements; what is sent stays as it is.
    const text = content.text.trim();
    if (text === '') return plain();
    const table = indexElements(text.startsWith('<') ? Buffer.from(text) : Buffer.from(text, 'base64'));
    return episodeIn((name) => table.elementsNamed(name)[0]?.text.trim() ?? '');
  }
  throw input('ERR_KEY_MISSING');
}

function episodeIn(textOf: (name: string) => string): Episode {
  const endedOn = textOf('NGAY_RA');
  return { key: textOf('MA_LK'), ...(endedOn === '' ? {} : { endedOn }) };
}

function unknownKind(name: string): BhxhError {
  return input('ERR_KIND_UNKNOWN', { name: name.slice(0, 60) });
}

function input(code: `ERR_${string}`, values: Readonly<Record<string, string | number>> = {}): BhxhError {
  return gatewayError(code, { category: 'input', retry: 'never', values });
}
