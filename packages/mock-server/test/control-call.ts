import { answerOf, type Answer } from './hospital.ts';
import { openContract } from '../src/contract/contract.ts';

const contract = openContract('control.yaml');

export interface ControlAnswer extends Answer {
  /** How the answer differs from its description. */
  readonly problems: readonly unknown[];
}

/** The control API as an operator's script uses it; every answer is held against its description. */
export function openControlCalls(
  url: string,
  adminKey: string | undefined,
): (operation: string, method: string, path: string, body?: unknown) => Promise<ControlAnswer> {
  return async (operation, method, path, body) => {
    const answer = await answerOf(
      await fetch(`${url}/control/${path}`, {
        method,
        headers: { 'x-bhxh-admin-key': adminKey ?? '', 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    const described = contract.get(operation);
    const problems = described?.checkReply(
      answer.status,
      answer.headers.get('content-type'),
      answer.body,
    ) ?? ['no such operation'];
    return { ...answer, problems };
  };
}
