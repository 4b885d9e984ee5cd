export {
  createRemittanceParser,
  type RemittanceFields,
  type RemittanceKind,
  type RemittanceParser,
  type RemittanceParserOptions,
  type RemittanceRecovery,
  type RemittanceResult,
} from './parse-remittance.ts';
export {
  remittanceSyntax,
  type RecoveryCode,
  type RemittanceRail,
  type RemittanceSyntax,
  type RemittanceWarning,
} from './remittance-syntax.ts';
export { createUnitRegister, type UnitEntry, type UnitRegister } from './unit-register.ts';
export { messageProfile, messageProfiles, textAt, valueAt, listAt } from './message-profile.ts';
export type {
  MessageAmount,
  MessageElement,
  MessageObject,
  MessageProfile,
  MessageValue,
} from './message-profile.ts';
export {
  MessageReader,
  type MessageHandler,
  type MessageProblem,
  type MessageProblemCode,
} from './read-message.ts';
export { readStatement, type StatementEvent } from './read-statement.ts';
export type { Balance, Direction, LineProblem, StatementLine, StatementPage } from './statement.ts';
export { controlFigures, streamMessage, writeMessage } from './write-message.ts';
export type { OutgoingObject, OutgoingValue, StreamedList, StreamedObject } from './write-message.ts';
export { StatementProof, type PageProblem, type PageProblemCode } from './check-pages.ts';
export { addVnd, checkAmount, readAmount, type AmountProblem, type AmountVnd } from './amount.ts';
export {
  readEnvelope,
  writeEnvelope,
  type EnvelopedMessage,
  type MessageHeader,
} from './message-envelope.ts';
