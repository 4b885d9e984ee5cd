import { paymentSentence } from '../messages/payments/index.ts';
import { messageProfiles } from '../payments/message-profile.ts';
import { MessageReader, type MessageProblemCode } from '../payments/read-message.ts';
import { ownGround, publicValue, type RecordFindings } from './report/record-findings.ts';
import type { StepName } from './report/steps.ts';
import type { ValidationSetup } from './validation-setup.ts';

const structure: ReadonlySet<MessageProblemCode> = new Set<MessageProblemCode>([
  'MESSAGE_ROOT',
  'ELEMENT_MISSING',
  'ELEMENT_REPEATED',
]);

/**
 * Judges a bank message (ISO 20022) by its reference profile: known elements, their lengths and dates, whole đồng.
 * Throws `XmlError` when the document is no XML.
 */
export function validateMessageDocument(
  bytes: Uint8Array,
  setup: ValidationSetup,
  findings: RecordFindings,
): void {
  let isKnown = false;
  const reader = new MessageReader(messageProfiles(setup.specifications), {
    begin: () => (isKnown = true),
    problem: ({ code, path, line, column }) => {
      const step: StepName = code.startsWith('MESSAGE_')
        ? 'kind'
        : structure.has(code)
          ? 'structure'
          : 'fields';
      const severity = code === 'MESSAGE_UNKNOWN' || code === 'MESSAGE_VERSION' ? 'warning' : 'error';
      findings.add(
        step,
        { ...ownGround(code, severity), message: paymentSentence(code, { path }) },
        code,
        { path, line, column },
        [publicValue('path', path)],
      );
    },
  });
  reader.write(bytes);
  reader.end();
  findings.collector.decide('xml', 'valid');
  if (!isKnown) return;
  for (const step of ['structure', 'fields'] as const) findings.collector.decide(step, 'valid');
}
