import { randomBytes, type X509Certificate } from 'node:crypto';
import { createDemoAuthority, type DemoAuthority } from '@bhxh/signing';
import { openSpecifications, type Specifications } from '@bhxh/sdk/specifications';
import { createRefreshFamilies } from './accounts/refresh-families.ts';
import { createSessions } from './accounts/sessions.ts';
import { createApp } from './app.ts';
import { createAuditLog } from './audit/audit-log.ts';
import type { VirtualClock } from './clock/clock.ts';
import { openStoredClock } from './clock/stored-clock.ts';
import type { HostBindings } from './contract/body.ts';
import { openContract } from './contract/contract.ts';
import { createOfficeKey } from './dossiers/office-key.ts';
import { workOfServer } from './jobs/work-by-kind.ts';
import { readSpec, readSpecFolder } from './contract/specs-folder.ts';
import type { ServerContext } from './context.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createBossRunner } from './jobs/boss-runner.ts';
import { createJobRunner } from './jobs/job-runner.ts';
import { createFaultRules } from './laboratory/fault-rules.ts';
import { createRequestRecorder } from './laboratory/request-recorder.ts';
import { createSnapshots } from './laboratory/snapshots.ts';
import { createLookupWatch, type LookupLimits } from './lookup-lock/lookup-watch.ts';
import { createAdmission } from './limits/admission.ts';
import { createTurns } from './limits/turns.ts';
import { createRateLimiter, type RateLimits } from './limits/rate-limiter.ts';
import { silent, type Logger } from './log/request-log.ts';
import { createNoticeWriter } from './notices/notice-writer.ts';
import { registerCertificate, trustAuthority } from './register/certificates.ts';
import { createPopulation } from './register/population.ts';
import { openMeanings } from './routes/meanings.ts';
import { readScenarios } from './scenarios/scenario.ts';
import { seedDemo, type DemoAccount } from './seed/demo.ts';
import { seedPopulation } from './seed/population.ts';
import { seedReservedCards } from './seed/reserved-cards.ts';
import { readUnitRegister } from './seed/units.ts';
import {
  createSigningService,
  type SigningService,
  type SigningServiceOptions,
} from './signing-service/service.ts';
import { createCheckPool } from './lifecycle/check-pool.ts';
import { createFacilityReader } from './register/facilities.ts';
import { createCardReader } from './register/find-card.ts';
import { createSignerRegister } from './register/signers.ts';
import { openStore } from './store/open-store.ts';
import type { Store } from './store/store.ts';
import { createWebhookRelay } from './webhooks/relay.ts';

export interface ServerOptions {
  /** `memory` (the default), a SQLite file, or a `postgres://` address. */
  readonly store?: string;
  readonly clock?: VirtualClock;
  /** Seeds the synthetic facilities, accounts and cards; passwords are random and returned in `accounts`. */
  readonly demo?: boolean;
  /** Answers the control API to loopback callers who send it; random when left out, `null` switches the API off. */
  readonly adminKey?: string | null;
  readonly environment?: 'mock' | 'training';
  readonly log?: Logger;
  /** The scenario that stands where a request names none. */
  readonly scenario?: string;
  /**
   * Unsigned claim files of episodes that end on or after this day (`yyyy-MM-dd`) are rejected; `null` never.
   * As `specs/scenarios/register/policy.yaml` says, if left out.
   */
  readonly signaturesFrom?: string | null;
  readonly specifications?: Specifications;
  /** Offers nothing beyond the real gateway: no results, no status, no discovery, no idempotency keys. */
  readonly legacy?: boolean;
  /** Calls a second of each facility and each address, counted by this process; unlimited when left out. */
  readonly rateLimits?: RateLimits;
  /** Calls over sockets that are worked on at once before the next is answered with 503; 128 if left out. */
  readonly mostAtOnce?: number;
  /** Threads that check documents, so that calls are answered meanwhile; none if left out, or with `specifications`. */
  readonly checkThreads?: number;
  /** Look-ups of one facility within an hour that lock its look-up functions; never when left out. */
  readonly lookupLimits?: LookupLimits;
  /** Synthetic people with one card each, to be looked up. */
  readonly population?: number;
  /** Seconds after which the work of a node that says nothing any more goes to another (PostgreSQL only). */
  readonly takeOverAfter?: number;
  /** Seals the entries of the audit log; it stands nowhere in the store. Without it the chain alone speaks. */
  readonly auditKey?: string;
  /** The key and the notices of the remote signing service; a synthetic key is made when it is first asked for. */
  readonly signingService?: SigningServiceOptions;
  /** Refuses writes without an Idempotency-Key (400). Off, because an existing hospital system sends none. */
  readonly requireIdempotencyKey?: boolean;
}

interface Policy {
  readonly signatures: { readonly claimsFrom: string | null; readonly registered: boolean };
}

/** A running server without a socket: hosts hand requests to `fetch`. */
export interface BhxhServer {
  fetch(request: Request, bindings?: HostBindings): Promise<Response>;
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly adminKey: string | undefined;
  /** The seeded accounts with their passwords, once, for the ready file. */
  readonly accounts: readonly DemoAccount[];
  /** The synthetic authority that issues the keys of this server's demo; made when it is first asked for. */
  authority(): DemoAuthority;
  readonly signing: Pick<SigningService, 'secrets' | 'signer' | 'code'>;
  /** PEM of the root behind the office's notices and results. */
  officeCertificate(): Promise<string>;
  /** Lets a facility sign with this certificate, as registering it on the portal does. */
  registerCertificate(facility: string, certificate: X509Certificate): Promise<void>;
  /** Resolves when everything due has been checked. */
  idle(): Promise<void>;
  /** A host tells it of each new connection, so that calls which only have to be refused hear so soon. */
  connected(): void;
  /** Ends answers that would go on for ever; hosts call it before they wait for running requests. */
  leave(): void;
  /** Stops background work and closes the store; everything answered before is kept. */
  close(): Promise<void>;
}

/**
 * Starts a reference server of the claims gateway.
 *
 * ```ts
 * const server = await createServer({ demo: true });
 * const reply = await server.fetch(new Request('http://localhost/.well-known/bhxh'));
 * await server.close();
 * ```
 */
export async function createServer(options: ServerOptions = {}): Promise<BhxhServer> {
  const specifications = options.specifications ?? openSpecifications(undefined, { overlay: 'synthetic' });
  const log = options.log ?? silent;
  const store = await openStore(options.store ?? 'memory');
  const storedClock = await openStoredClock(store, log, options.clock);
  const { clock } = storedClock;
  const adminKey =
    options.adminKey === null ? undefined : (options.adminKey ?? randomBytes(24).toString('base64url'));
  const policy = readSpec('scenarios/register/policy.yaml') as Policy;
  const scenarios = readScenarios(readSpecFolder('scenarios'));
  const admission = createAdmission(options.mostAtOnce);
  const jobs =
    store.dialect === 'postgres'
      ? createBossRunner(store, clock, log, options.takeOverAfter ?? TAKE_OVER_AFTER, () => admission.quiet())
      : createJobRunner(store, clock, log, () => admission.quiet());
  let ownAuthority: DemoAuthority | undefined;
  const authority = (): DemoAuthority => (ownAuthority ??= createDemoAuthority({ now: () => clock.now() }));
  const signing = createSigningService(clock, authority, options.signingService, async (certificate) => {
    if (options.demo !== true) return;
    await trustAuthority(store, authority().certificate);
    await registerCertificate(store, DEMO_SIGNER, certificate);
  });
  const audit = createAuditLog(store, clock, options.auditKey);
  const sessions = createSessions(store, clock, audit);
  const lookups = createLookupWatch(store, clock, log, audit, options.lookupLimits);
  const notices = createNoticeWriter({ store, clock, specifications }, log);
  const leaving = new AbortController();
  const signaturesFrom =
    options.signaturesFrom === undefined ? policy.signatures.claimsFrom : options.signaturesFrom;
  const checkThreads = options.specifications === undefined ? (options.checkThreads ?? 0) : 0;
  const checks = checkThreads === 0 ? undefined : createCheckPool(checkThreads, { signaturesFrom });
  const context: ServerContext = {
    recorder: createRequestRecorder(),
    faults: createFaultRules(),
    snapshots: createSnapshots(store, clock),
    leaving: leaving.signal,
    notices,
    store,
    clock,
    moveClock: storedClock.move,
    audit,
    sessions,
    families: createRefreshFamilies(store, clock, sessions, audit),
    lookups,
    accounts: openContract('accounts.yaml'),
    gateway: openContract('claims-gateway.yaml'),
    control: openContract('control.yaml'),
    declarations: openContract('declarations-gateway.yaml'),
    officeKey: createOfficeKey(store, clock),
    population: createPopulation(readUnitRegister().population),
    limits: specifications.limits,
    meanings: openMeanings(specifications),
    scenarios,
    signing,
    standing: { scenario: options.scenario ?? 'success' },
    ordinaryScenario: options.scenario ?? 'success',
    signers: createSignerRegister(store),
    facilities: createFacilityReader(store),
    cards: createCardReader(store),
    jobs,
    checks,
    metrics: createMetrics(store, clock),
    log,
    adminKey,
    environment: options.environment ?? 'mock',
    hasExtensions: options.legacy !== true,
    limiter:
      options.rateLimits === undefined
        ? undefined
        : createRateLimiter(options.rateLimits, () => performance.now() / 1_000),
    admission,
    turns: createTurns(),
    runningKeys: new Set(),
    requiresIdempotencyKey: options.requireIdempotencyKey === true,
    specifications,
    learnsPatients: options.demo === true,
    requiresRegistration: policy.signatures.registered,
    signaturesFrom,
  };
  await store.write(seedReservedCards);
  if ((options.population ?? 0) > 0) await seedPopulation(store, options.population ?? 0);
  const accounts = options.demo === true ? await seedDemo(store, clock, specifications) : [];
  const app = createApp(context);
  jobs.start(workOfServer(context));
  const webhooks = createWebhookRelay(store, clock, log);
  notices.start();
  webhooks.start();
  return {
    fetch: async (request, bindings = {}) => await app.fetch(request, { ...bindings }),
    clock,
    store,
    adminKey,
    accounts,
    authority,
    signing,
    officeCertificate: () => context.officeKey.certificate(),
    registerCertificate: (facility, certificate) => registerCertificate(store, facility, certificate),
    async idle() {
      await lookups.settle();
      await jobs.idle();
      await notices.idle();
      await webhooks.idle();
    },
    connected: () => context.turns.connected(),
    leave: () => leaving.abort(),
    async close() {
      leaving.abort();
      signing.close();
      await lookups.stop();
      await notices.stop();
      await webhooks.stop();
      await jobs.stop();
      await checks?.close();
      await storedClock.stop();
      await store.close();
    },
  };
}

/** No check of a document takes as long. */
const TAKE_OVER_AFTER = 60;

/** The demo facility whose key the signing service holds. */
const DEMO_SIGNER = '99001';
