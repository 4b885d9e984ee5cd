import type { Circuit, Journal, PlanningTarget, SubmissionTarget } from '@bhxh/sdk/submission';
import type { CommandContext } from '../command-context.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Bounds } from './bounds.ts';
import type { Outbox } from './outbox.ts';
import type { RunList } from './run-list.ts';

/** What one process that submits works with. */
export interface Submission {
  readonly context: CommandContext;
  readonly journal: Journal;
  /** Whose documents are sent; they take turns. */
  readonly targets: readonly SubmissionTarget[];
  /** What documents are planned for. */
  readonly target: PlanningTarget;
  readonly outbox: Outbox;
  readonly bounds: Bounds;
  readonly list: RunList;
  /** By host, over all passes of this process. */
  readonly circuits: Map<string, Circuit>;
  /** Classes of exit met so far. */
  readonly codes: Set<ExitCode>;
}
