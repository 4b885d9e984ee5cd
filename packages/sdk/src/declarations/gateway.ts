import type { Environment } from '../environments.ts';
import type { components } from '../generated/declarations-gateway.ts';
import { loginByPassword } from '../transport/rest-login.ts';
import { createRestPipeline, type RestOptions } from '../transport/rest-pipeline.ts';
import { only, targetOf } from './call-parts.ts';
import { createDossierStatusCalls, type DossierStatusCalls } from './status.ts';

type Schemas = components['schemas'];
export type DossierReceipt = Schemas['DossierReceipt'];
export type PersonQuestion = Schemas['PersonQuestion'];
export type PersonAnswer = Schemas['PersonAnswer'];
export type RegisteredUnit = Schemas['Unit'];
export type HouseholdQuestion = Schemas['HouseholdQuestion'];
export type HouseholdAnswer = Schemas['HouseholdAnswer'];
export type MemberList = Schemas['MemberList'];
export type UnitObligations = Schemas['Obligations'];
export type DossierStatistics = Schemas['Statistics'];

export interface DeclarationsOptions extends RestOptions {
  /** Mã đơn vị whose dossiers are sent and followed; a provider's account acts for several, one client each. */
  readonly unit: string;
}

export interface DossierSendOptions {
  readonly signal?: AbortSignal;
  /** Sent as Idempotency-Key. */
  readonly idempotencyKey?: string;
  /** Awaited right before each send, after the token is there; nothing leaves when it fails. */
  readonly onSend?: () => void | Promise<void>;
  readonly onPushBack?: () => void;
}

/** Calls of the declarations gateway (reference profile, specs/openapi/declarations-gateway.yaml). */
export interface DeclarationsClient extends DossierStatusCalls {
  readonly unit: string;
  readonly environment: Environment;
  /** Sends BHXHDienTu.xml as it is. The same bytes again get the receipt of the first time. */
  submitDossier(
    file: Uint8Array,
    options?: DossierSendOptions,
  ): Promise<DossierReceipt & { readonly attempts: number }>;
  lookUpPerson(question: PersonQuestion, signal?: AbortSignal): Promise<PersonAnswer>;
  /** Members of a household, for who knows its number and its head. */
  lookUpHousehold(question: HouseholdQuestion, signal?: AbortSignal): Promise<HouseholdAnswer>;
  readUnit(signal?: AbortSignal): Promise<RegisteredUnit>;
  /** One page of who participates in a month (`yyyy-MM`). */
  findMembers(
    query: { readonly month: string; readonly limit?: number; readonly after?: string },
    signal?: AbortSignal,
  ): Promise<MemberList>;
  readObligations(month: string, signal?: AbortSignal): Promise<UnitObligations>;
  /** Statement C12-TS of a month, signed. */
  readStatement(month: string, signal?: AbortSignal): Promise<Uint8Array>;
  readStatistics(
    query: { readonly agency?: string; readonly month?: string },
    signal?: AbortSignal,
  ): Promise<DossierStatistics>;
  close(): Promise<void>;
}

/**
 * Opens the declarations gateway for one unit. Nothing is sent before the first call. How a licensed I-VAN reaches the real
 * VSS is not public: it gives an object of this shape of its own.
 *
 * ```ts
 * const client = createDeclarationsClient({
 *   environment: 'mock',
 *   url: 'http://127.0.0.1:8080',
 *   unit: 'ZZ0001A',
 *   credentials: { username: 'ZZ0001A_DV', password: () => readPassword() },
 *   now: () => new Date(),
 * });
 * const receipt = await client.submitDossier(signedDossier);
 * ```
 *
 * @throws BhxhError `usage` for an unsafe or missing address; calls throw `auth`, `rejected`, `unavailable`, `network`, and
 * `unknown-outcome` when a dossier may have been stored without an answer
 */
export function createDeclarationsClient(options: DeclarationsOptions): DeclarationsClient {
  const pipeline = createRestPipeline(options, (rest) =>
    loginByPassword(rest, options, { target: targetOf('sessions') }),
  );
  const { unit } = options;
  const ownUnit = `units/${encodeURIComponent(unit)}`;
  const read = async <T>(operation: string, target: string, signal: AbortSignal | undefined): Promise<T> =>
    (await pipeline.call({ operation, effect: 'read', method: 'GET', target, ...only(signal) }))
      .body as unknown as T;
  const ask = async <T>(
    operation: string,
    register: string,
    question: object,
    signal: AbortSignal | undefined,
  ): Promise<T> =>
    (
      await pipeline.call({
        operation,
        effect: 'read',
        method: 'POST',
        target: targetOf(`lookups/${register}`),
        body: { type: 'application/json', bytes: Buffer.from(JSON.stringify(question)) },
        ...only(signal),
      })
    ).body as unknown as T;
  return {
    ...createDossierStatusCalls(pipeline, unit),
    unit,
    environment: pipeline.environment,
    async submitDossier(file, { signal, idempotencyKey, onSend, onPushBack } = {}) {
      const { body, attempts } = await pipeline.call({
        operation: 'submitDossier',
        effect: 'write',
        method: 'POST',
        target: targetOf('dossiers'),
        body: { type: 'application/xml', bytes: file },
        members: ['maGiaoDich', 'sha256', 'receivedAt'],
        ...(idempotencyKey === undefined ? {} : { headers: { 'Idempotency-Key': idempotencyKey } }),
        ...(onSend === undefined ? {} : { onSend }),
        ...(onPushBack === undefined ? {} : { onPushBack }),
        ...only(signal),
      });
      return { ...(body as unknown as DossierReceipt), attempts };
    },
    lookUpPerson: (question, signal) => ask<PersonAnswer>('lookUpPerson', 'person', question, signal),
    lookUpHousehold: (question, signal) =>
      ask<HouseholdAnswer>('lookUpHousehold', 'household', question, signal),
    readUnit: (signal) => read('readUnit', targetOf(ownUnit), signal),
    findMembers: (query, signal) => read('findMembers', targetOf(`${ownUnit}/members`, query), signal),
    readObligations: (month, signal) =>
      read('readObligations', targetOf(`${ownUnit}/obligations`, { month }), signal),
    async readStatement(month, signal) {
      const target = targetOf(`${ownUnit}/statements/${month}`);
      return (
        await pipeline.call({
          operation: 'readStatement',
          effect: 'read',
          method: 'GET',
          target,
          ...only(signal),
        })
      ).content;
    },
    readStatistics: (query, signal) => read('readStatistics', targetOf('statistics', query), signal),
    close: () => pipeline.close(),
  };
}
