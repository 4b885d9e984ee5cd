import { readAmount, type AmountVnd } from '../amount.ts';
import {
  listAt,
  textAt,
  valueAt,
  type MessageAmount,
  type MessageObject,
  type MessageProfile,
} from '../message-profile.ts';
import { MessageReader, type MessageProblem } from '../read-message.ts';

/** One line of a status report (pain.002). */
export interface LineAnswer {
  readonly line: string;
  /** ISO status, such as ACSC or RJCT; that of the batch where the line has none. */
  readonly status: string;
  readonly reason: string;
  /** The bank's number of the movement. */
  readonly bankReference: string;
}

/** What the bank answers to a batch. */
export interface BankAnswer {
  readonly batch: string;
  readonly status: string;
  readonly reason: string;
  readonly lines: readonly LineAnswer[];
  readonly problems: readonly MessageProblem[];
}

/** Money that came back (pacs.004), perhaps days after it was paid. */
export interface ReturnedLine {
  readonly id: string;
  readonly line: string;
  /** Null when it is no whole đồng. */
  readonly amount: AmountVnd | null;
  readonly reason: string;
  readonly on: string;
}

/** Reads pain.002. Problems are told, not thrown; XmlError for what is no XML. */
export function readBankAnswer(bytes: Uint8Array, profiles: readonly MessageProfile[]): BankAnswer {
  const lines: LineAnswer[] = [];
  const { message, problems } = readWhole(bytes, profiles, 'pain.002', (record) => {
    lines.push({
      line: textAt(record, 'OrgnlEndToEndId') ?? textAt(record, 'OrgnlInstrId') ?? '',
      status: textAt(record, 'TxSts') ?? '',
      reason: reasonOf(record, 'StsRsnInf'),
      bankReference: textAt(record, 'AcctSvcrRef') ?? '',
    });
  });
  const group = valueAt(message, 'OrgnlGrpInfAndSts') as MessageObject | undefined;
  return {
    batch: textAt(group, 'OrgnlMsgId') ?? '',
    status: textAt(group, 'GrpSts') ?? '',
    reason: reasonOf(group, 'StsRsnInf'),
    lines,
    problems,
  };
}

/** Reads pacs.004. Problems are told, not thrown; XmlError for what is no XML. */
export function readReturns(
  bytes: Uint8Array,
  profiles: readonly MessageProfile[],
): { readonly returns: readonly ReturnedLine[]; readonly problems: readonly MessageProblem[] } {
  const returns: Omit<ReturnedLine, 'on'>[] = [];
  const days: (string | undefined)[] = [];
  const { message, problems } = readWhole(bytes, profiles, 'pacs.004', (record) => {
    const amount = valueAt(record, 'RtrdIntrBkSttlmAmt') as MessageAmount | undefined;
    const read = amount?.currency === 'VND' ? readAmount(amount.text) : null;
    returns.push({
      id: textAt(record, 'RtrId') ?? '',
      line: textAt(record, 'OrgnlEndToEndId') ?? textAt(record, 'OrgnlInstrId') ?? '',
      amount: typeof read === 'number' ? read : null,
      reason: reasonOf(record, 'RtrRsnInf'),
    });
    days.push(textAt(record, 'IntrBkSttlmDt'));
  });
  const day = textAt(message, 'GrpHdr', 'IntrBkSttlmDt') ?? '';
  return { returns: returns.map((one, index) => ({ ...one, on: days[index] ?? day })), problems };
}

function readWhole(
  bytes: Uint8Array,
  profiles: readonly MessageProfile[],
  message: string,
  record: (record: MessageObject) => void,
): { readonly message: MessageObject; readonly problems: readonly MessageProblem[] } {
  const problems: MessageProblem[] = [];
  const reader = new MessageReader(
    profiles.filter(({ id }) => id === message),
    { record, problem: (problem) => problems.push(problem) },
  );
  reader.write(bytes);
  return { message: reader.end(), problems };
}

function reasonOf(value: MessageObject | undefined, name: string): string {
  const [first] = listAt(value, name);
  return textAt(first, 'Rsn', 'Cd') ?? textAt(first, 'Rsn', 'Prtry') ?? '';
}
