import { readSpec } from '../contract/specs-folder.ts';

/** One kind of message of specs/notifications/outgoing.yaml. */
export interface OutgoingMessage {
  readonly kind: string;
  /** Type of the event it follows; absent where a daily search finds the occasion. */
  readonly event?: string;
  readonly daily?: 'cards' | 'voluntary';
  readonly to: 'unit' | 'facility' | 'people-who-leave' | 'patient' | 'person' | 'phone';
  readonly channels: readonly ('sms' | 'email')[];
  readonly text: string;
}

export interface Outgoing {
  readonly remindBefore: number;
  readonly messages: readonly OutgoingMessage[];
}

let outgoing: Outgoing | undefined;

export function readOutgoing(): Outgoing {
  outgoing ??= readSpec('notifications/outgoing.yaml') as Outgoing;
  return outgoing;
}

/** Puts values into `{name}`; a name without a value stays empty. */
export function fillText(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : '',
  );
}
