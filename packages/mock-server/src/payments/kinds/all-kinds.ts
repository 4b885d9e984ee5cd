import type { RecordKind } from '../record-kind.ts';
import { agentBatchKind } from './agent-batch.ts';
import { assignmentKind } from './assignment.ts';
import { cutOffExtensionKind } from './cut-off-extension.ts';
import { disbursementKind } from './disbursement.ts';
import { portalPaymentKind } from './portal-payment.ts';
import { reconciliationKind } from './reconciliation.ts';
import { refundKind } from './refund.ts';
import { sheetKind } from './sheet.ts';
import { sweepKind } from './sweep.ts';
import { traceKind } from './trace.ts';

export const allKinds: ReadonlyMap<string, RecordKind> = new Map(
  [
    agentBatchKind,
    assignmentKind,
    cutOffExtensionKind,
    disbursementKind,
    portalPaymentKind,
    reconciliationKind,
    refundKind,
    sheetKind,
    sweepKind,
    traceKind,
  ].map((kind) => [kind.kind, kind]),
);
