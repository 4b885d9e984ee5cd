import { MessageReader, textAt, type MessageObject } from '@bhxh/sdk/payments/read';
import { XmlError } from '@bhxh/xml';
import type { ServerContext } from '../context.ts';
import { paymentsOf } from './context.ts';
import { refusePayment, type MessageFinding } from './refuse.ts';

/** Records of one message with what stands around them; a message that is not by its profile is refused. */
export function readRecords(
  server: ServerContext,
  kind: string,
  document: Uint8Array,
): { readonly records: readonly MessageObject[]; readonly message: MessageObject } {
  const records: MessageObject[] = [];
  const findings: MessageFinding[] = [];
  let around: MessageObject = {};
  const reader = new MessageReader([paymentsOf(server).profile(kind)], {
    record(record, _owner, message) {
      records.push(record);
      around = message;
    },
    owner(_owner, message) {
      around = message;
    },
    problem: ({ code, path }) => findings.push({ code, path }),
  });
  try {
    reader.write(document);
    reader.end();
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    findings.push({ code: error.code });
  }
  if (findings.length > 0) throw refusePayment('MESSAGE_REFUSED', { findings: findings.slice(0, 100) });
  return { records, message: around };
}

/** What an account report is asked about. */
export interface ReportRequest {
  readonly id: string;
  readonly account: string;
  readonly report: string;
  readonly from: string;
  readonly to: string;
}

export function readReportRequest(server: ServerContext, document: Uint8Array): ReportRequest {
  const [request, ...more] = readRecords(server, 'camt.060', document).records;
  if (request === undefined || more.length > 0)
    throw refusePayment('MESSAGE_REFUSED', { findings: [{ code: 'ONE_REQUEST' }] });
  const from = textAt(request, 'RptgPrd', 'FrToDt', 'FrDt') ?? '';
  return {
    id: textAt(request, 'Id') ?? '',
    account: textAt(request, 'Acct', 'Id', 'Othr', 'Id') ?? '',
    report: textAt(request, 'ReqdMsgNmId') ?? '',
    from,
    to: textAt(request, 'RptgPrd', 'FrToDt', 'ToDt') ?? from,
  };
}
