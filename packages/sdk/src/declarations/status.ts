import type { components } from '../generated/declarations-gateway.ts';
import type { RestPipeline } from '../transport/rest-pipeline.ts';
import { only, targetOf } from './call-parts.ts';

type Schemas = components['schemas'];
export type DossierStatus = Schemas['DossierStatus'];
export type DossierList = Schemas['DossierList'];
export type DossierState = Schemas['DossierState'];

export interface DossierQuery {
  /** Số hồ sơ. */
  readonly soHoSo?: string;
  /** Of the exact file, lower-case hex. */
  readonly sha256?: string;
  /** First and last day of receipt, yyyy-MM-dd. */
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** Where dossiers stand, and what came back. */
export interface DossierStatusCalls {
  /** What the server offers for an unknown outcome; asked once. */
  offers(signal?: AbortSignal): Promise<{ readonly idempotencyKey: boolean; readonly statusQuery: boolean }>;
  /** Dossiers of the client's unit, newest first. */
  findDossiers(query: DossierQuery, signal?: AbortSignal): Promise<DossierList>;
  readDossierStatus(maGiaoDich: string, signal?: AbortSignal): Promise<DossierStatus>;
  /** A signed notice or result document: verify it before it is read. */
  readDocument(id: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** PEM of the authority behind the office's signatures on this server; trusting it is the caller's choice. */
  readNoticeCertificate(signal?: AbortSignal): Promise<string>;
}

export function createDossierStatusCalls(pipeline: RestPipeline, unit: string): DossierStatusCalls {
  let offered: ReturnType<DossierStatusCalls['offers']> | undefined;
  const read = async (operation: string, target: string, signal: AbortSignal | undefined) =>
    await pipeline.call({ operation, effect: 'read', method: 'GET', target, ...only(signal) });
  return {
    offers(signal) {
      offered ??= pipeline
        .call({
          operation: 'discover',
          effect: 'read',
          method: 'GET',
          target: '/.well-known/bhxh',
          needsToken: false,
          ...only(signal),
        })
        .then(({ body }) => ({
          idempotencyKey: body['idempotencyKey'] === true,
          statusQuery: body['statusQuery'] === true,
        }));
      offered.catch(() => (offered = undefined));
      return offered;
    },
    async findDossiers(query, signal) {
      const target = targetOf('dossiers', { unitCode: unit, ...query });
      return (await read('findDossiers', target, signal)).body as unknown as DossierList;
    },
    async readDossierStatus(maGiaoDich, signal) {
      const target = targetOf(`dossiers/${encodeURIComponent(maGiaoDich)}`);
      return (await read('readDossier', target, signal)).body as unknown as DossierStatus;
    },
    readDocument: async (id, signal) =>
      (await read('readDocument', targetOf(`documents/${encodeURIComponent(id)}`), signal)).content,
    readNoticeCertificate: async (signal) =>
      Buffer.from((await read('readNoticeCertificate', targetOf('certificate'), signal)).content).toString(),
  };
}
