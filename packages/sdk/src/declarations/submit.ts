import { indexElements } from '@bhxh/xml';
import { gatewayError } from '../transport/gateway-error.ts';
import type { Item } from '../submission/item.ts';
import type { SubmissionTarget } from '../submission/target.ts';
import type { DeclarationsClient } from './gateway.ts';

/** What the submission engine must know of a dossier. */
export interface DossierIdentity {
  readonly kind: 'dossier';
  /** `dossier:600`. */
  readonly route: string;
  /** MaSoBHXH: the unit the dossier is for. */
  readonly unit: string;
  /** Procedure and period: `600 10/2026`. Two dossiers of one period are told apart by their bytes. */
  readonly key: string;
}

/**
 * Reads unit, procedure and period from `BHXHDienTu.xml`. It does not judge the dossier: that is validation's work.
 *
 * @throws BhxhError `input` when the file is no dossier; XmlError when it is not XML
 */
export function identifyDossier(bytes: Uint8Array): DossierIdentity {
  const index = indexElements(bytes);
  const textOf = (name: string): string => index.elementsNamed(name)[0]?.text.trim().slice(0, 60) ?? '';
  const { localName } = index.root;
  const unit = textOf('MaSoBHXH');
  if (localName !== 'Hoso' || unit === '')
    throw gatewayError('ERR_KIND_UNKNOWN', {
      category: 'input',
      retry: 'never',
      values: { name: localName.slice(0, 60) },
    });
  const procedure = textOf('MaThuTuc');
  return { kind: 'dossier', route: `dossier:${procedure}`, unit, key: `${procedure} ${textOf('KyKeKhai')}` };
}

/** Lets the submission engine send dossiers through a client and ask it what arrived. */
export function declarationsTarget(client: DeclarationsClient): SubmissionTarget {
  return {
    host: new URL(client.environment.origin).host,
    sender: `${client.environment.name}/${client.unit}`,
    identify(bytes) {
      const { kind, route, key, unit } = identifyDossier(bytes);
      if (unit !== client.unit)
        throw gatewayError('ERR_FACILITY_MISMATCH', {
          category: 'input',
          retry: 'never',
          values: { facility: unit.slice(0, 20), account: client.unit },
        });
      return { kind, route, key };
    },
    offers: (signal) => client.offers(signal),
    async send(_item, bytes, options) {
      const { maGiaoDich, receivedAt, attempts } = await client.submitDossier(bytes, options);
      return { id: maGiaoDich, at: receivedAt, text: '', attempts };
    },
    async find(item: Item, signal) {
      const { dossiers } = await client.findDossiers({ sha256: item.sha256, limit: 10 }, signal);
      const match = dossiers.find(({ sha256 }) => sha256 === item.sha256);
      return match === undefined ? null : { id: match.maGiaoDich, at: match.receivedAt, text: '' };
    },
    async *list({ from, to }, signal) {
      let after: string | undefined;
      do {
        const page = await client.findDossiers(
          {
            limit: 1000,
            ...(from === undefined ? {} : { from }),
            ...(to === undefined ? {} : { to }),
            ...(after === undefined ? {} : { after }),
          },
          signal,
        );
        for (const { sha256, procedure, period, maGiaoDich, receivedAt } of page.dossiers)
          yield {
            kind: 'dossier',
            sha256,
            key: `${procedure} ${period ?? ''}`,
            receipt: { id: maGiaoDich, at: receivedAt, text: '' },
          };
        after = page.next ?? undefined;
      } while (after !== undefined);
    },
  };
}
