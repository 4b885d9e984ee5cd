import { BhxhError } from '@bhxh/sdk/errors';
import {
  identifyDocument,
  type DocumentName,
  type PlanningTarget,
  type SubmissionTarget,
} from '@bhxh/sdk/submission';
import { cliError } from '../cli-error.ts';

/**
 * Plans for several senders at a time: a document goes where it says itself that it belongs. One that several of them
 * would take, such as a catalogue, which names no facility, is refused rather than guessed.
 */
export function severalSenders(targets: readonly SubmissionTarget[]): PlanningTarget {
  const [first, ...others] = targets;
  if (first !== undefined && others.length === 0) return first;
  const senders = targets.map(({ sender }) => sender).join(', ');
  return {
    sender: senders,
    identify(bytes) {
      const takers: DocumentName[] = [];
      let refusal: unknown;
      for (const target of targets) {
        try {
          takers.push({ ...target.identify(bytes), sender: target.sender });
        } catch (error) {
          // That it is another's says more than that it is nothing for this one.
          if (!isOfAnother(refusal)) refusal = error;
        }
      }
      const [taker, ...more] = takers;
      if (taker !== undefined && more.length === 0) return taker;
      if (taker !== undefined) throw cliError('ERR_SENDER_UNCLEAR', { senders, facility: '' });
      if (!isOfAnother(refusal)) throw refusal;
      throw cliError('ERR_SENDER_UNCLEAR', { senders, facility: facilityOf(bytes) }, refusal);
    },
    ...(first?.sizeWindow === undefined
      ? {}
      : { sizeWindow: (bytes, moment) => first.sizeWindow!(bytes, moment) }),
  };
}

function isOfAnother(error: unknown): boolean {
  return error instanceof BhxhError && error.code === 'ERR_FACILITY_MISMATCH';
}

function facilityOf(bytes: Uint8Array): string {
  try {
    return identifyDocument(bytes).facility.slice(0, 20);
  } catch {
    return '?';
  }
}
