import type { Limits, Specifications } from '@bhxh/sdk/specifications';
import type { Sessions } from './accounts/sessions.ts';
import type { RefreshFamilies } from './accounts/refresh-families.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { VirtualClock } from './clock/clock.ts';
import type { StoredClock } from './clock/stored-clock.ts';
import type { HostBindings } from './contract/body.ts';
import type { Contract } from './contract/contract.ts';
import type { OfficeKey } from './dossiers/office-key.ts';
import type { CheckPool } from './lifecycle/check-pool.ts';
import type { JobRunner } from './jobs/attempt-job.ts';
import type { FaultRules } from './laboratory/fault-rules.ts';
import type { RequestRecorder } from './laboratory/request-recorder.ts';
import type { Snapshots } from './laboratory/snapshots.ts';
import type { LookupWatch } from './lookup-lock/lookup-watch.ts';
import type { Admission } from './limits/admission.ts';
import type { Turns } from './limits/turns.ts';
import type { NoticeWriter } from './notices/notice-writer.ts';
import type { FacilityReader } from './register/facilities.ts';
import type { CardReader } from './register/find-card.ts';
import type { SignerRegister } from './register/signers.ts';
import type { Population } from './register/population.ts';
import type { RateLimiter, Share } from './limits/rate-limiter.ts';
import type { Logger } from './log/request-log.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Meanings } from './routes/meanings.ts';
import type { Scenario, Scenarios } from './scenarios/scenario.ts';
import type { SigningService } from './signing-service/service.ts';
import type { Store } from './store/store.ts';

/** Everything a route works with; nothing is reached for globally. */
export interface ServerContext {
  readonly store: Store;
  readonly clock: VirtualClock;
  /** Moves it on every node of the store. */
  readonly moveClock: StoredClock['move'];
  readonly sessions: Sessions;
  readonly families: RefreshFamilies;
  /** Who did what he may have to answer for. */
  readonly audit: AuditLog;
  readonly lookups: LookupWatch;
  /** The newest calls, for whoever looks over the shoulder of a test. */
  readonly recorder: RequestRecorder;
  readonly faults: FaultRules;
  readonly snapshots: Snapshots;
  /** Aborted when the server stops: answers that never end, end. */
  readonly leaving: AbortSignal;
  /** SMS and e-mails. */
  readonly notices: NoticeWriter;
  readonly gateway: Contract;
  readonly control: Contract;
  readonly declarations: Contract;
  readonly accounts: Contract;
  readonly limits: Limits;
  readonly meanings: Meanings;
  readonly scenarios: Scenarios;
  /** Applied where a request names none. */
  readonly standing: { scenario: string };
  /** What stands after a start and after a reset. */
  readonly ordinaryScenario: string;
  /** A remote signing service, played beside the gateways. */
  readonly signing: SigningService;
  readonly signers: SignerRegister;
  readonly facilities: FacilityReader;
  readonly cards: CardReader;
  readonly jobs: JobRunner;
  /** Undefined: documents are checked on the thread that answers calls. */
  readonly checks: CheckPool | undefined;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Answers only loopback callers who know it; undefined switches the control API off. */
  readonly adminKey: string | undefined;
  /** Undefined: nobody is slowed down. */
  readonly limiter: RateLimiter | undefined;
  readonly admission: Admission;
  /** Waited for before anything that keeps the processor for a millisecond. */
  readonly turns: Turns;
  /** Keys of writes under way on this node. */
  readonly runningKeys: Set<string>;
  /** Writes without an Idempotency-Key are refused; the real gateway's clients send none. */
  readonly requiresIdempotencyKey: boolean;
  /** False: only what the real gateway has. */
  readonly hasExtensions: boolean;
  readonly environment: 'mock' | 'training';
  readonly specifications: Specifications;
  /** Unsigned claims whose episode ends on or after this day (`yyyy-MM-dd`) are rejected; null never. */
  readonly signaturesFrom: string | null;
  /** Signatures count only from certificates registered for the sender. */
  readonly requiresRegistration: boolean;
  /** Signs notices and results of the office. */
  readonly officeKey: OfficeKey;
  /** The simulated population database. */
  readonly population: Population;
  /** A demonstration: patients of adjudicated claims enter the register, so that look-ups find them. */
  readonly learnsPatients: boolean;
}

/** Hono's environment: what a host hands over, and what the first middleware found out. */
export interface AppEnvironment {
  Bindings: HostBindings & { readonly outgoing?: { destroy(): void } };
  Variables: {
    requestId: string;
    address: string;
    /** Of the client certificate of the connection. */
    thumbprint: string | undefined;
    scenario: Scenario;
    /** Path of the operation, as described. */
    route: string | undefined;
    /** Official code of a refusal. */
    result: string | undefined;
    /** What the call was counted against. */
    shares: readonly Share[] | undefined;
  };
}
