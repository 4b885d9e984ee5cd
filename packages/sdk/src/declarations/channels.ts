import type { Bilingual } from '../errors/bhxh-error.ts';
import type { Specifications } from '../specifications/specifications.ts';
import { declarationError } from './declaration-error.ts';

/** What a code means, whatever software writes it: `male`, `month`, `decrease` … */
export type CodeMeaning = string;

interface ChannelsSpec {
  readonly own: string;
  readonly concepts: Readonly<Record<string, Bilingual & { readonly fields: readonly string[] }>>;
  readonly channels: readonly {
    readonly id: string;
    readonly label: Bilingual;
    readonly codes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  }[];
}

export interface Channel {
  readonly id: string;
  readonly label: Bilingual;
  /** The meaning of a code of this channel; undefined where the channel does not know it, or has no codes for the field. */
  meaningOf(field: string, code: string): CodeMeaning | undefined;
  /** The code of a meaning in this channel. */
  codeOf(field: string, meaning: CodeMeaning): string | undefined;
  /** The code of the reference profile's forms for a code of this channel; the code itself where the field has none. */
  toOwn(field: string, code: string): string | undefined;
}

/** Channels that the specifications know. */
export function channelIds(specifications: Specifications): readonly string[] {
  return (specifications.declarations('channels') as ChannelsSpec).channels.map(({ id }) => id);
}

/**
 * Opens the codes of one channel: a portal, a template, a product. Sex, birth precision and kind of declaration have other
 * codes in each. Throws `ERR_CHANNEL_UNKNOWN`.
 */
export function openChannel(specifications: Specifications, id: string): Channel {
  const { own, concepts, channels } = specifications.declarations('channels') as ChannelsSpec;
  const conceptOf = new Map(
    Object.entries(concepts).flatMap(([concept, { fields }]) =>
      fields.map((field) => [field, concept] as const),
    ),
  );
  const codesOf = (channel: string, field: string): ReadonlyMap<CodeMeaning, string> | undefined => {
    const concept = conceptOf.get(field);
    const codes = channels.find((one) => one.id === channel)?.codes ?? {};
    return concept === undefined || !Object.hasOwn(codes, concept)
      ? undefined
      : new Map(Object.entries(codes[concept] ?? {}));
  };
  const channel = channels.find((one) => one.id === id);
  if (channel === undefined)
    throw declarationError('ERR_CHANNEL_UNKNOWN', 'usage', {
      channel: id,
      known: channels.map((one) => one.id).join(', '),
    });
  const plain = (text: string): string => text.normalize('NFC').trim().toLocaleLowerCase('vi');
  const meaningOf = (field: string, code: string): CodeMeaning | undefined =>
    [...(codesOf(id, field) ?? [])].find(([, own]) => plain(own) === plain(code))?.[0];
  return {
    id,
    label: channel.label,
    meaningOf,
    codeOf: (field, meaning) => codesOf(id, field)?.get(meaning),
    toOwn(field, code) {
      if (codesOf(id, field) === undefined) return code;
      const meaning = meaningOf(field, code);
      return meaning === undefined ? undefined : codesOf(own, field)?.get(meaning);
    },
  };
}
