import { createHash } from 'node:crypto';
import { sign, type Signer } from '@bhxh/signing';
import { readTemplate, type DocumentStep } from './suite.ts';
import { fill, type Variables } from './variables.ts';

/** Keys of the target's accounts, by the part they play. */
export interface Signers {
  readonly sender?: Signer | undefined;
  readonly other?: Signer | undefined;
}

/** Makes the document of a step and defines `NAME.base64` and `NAME.sha256` of it. */
export async function makeDocument(
  step: DocumentStep,
  variables: Variables,
  signers: Signers,
  now: () => Date,
): Promise<Uint8Array> {
  const template = readTemplate(step.document);
  const own = new Map(variables);
  for (const [name, value] of Object.entries(step.with ?? {})) own.set(name, fill(value, variables));
  const signer = step.sign === 'other' ? signers.other : signers.sender;
  const signed = async (bytes: Uint8Array): Promise<Uint8Array> => {
    if (step.sign === 'none') return bytes;
    if (signer === undefined) throw new Error('no key');
    return await sign(bytes, signer, { profile: template.profile, now });
  };
  for (const [name, text] of Object.entries(template.parts)) {
    const plain = Buffer.from(fill(text, own), 'utf8');
    const bytes = Buffer.from(template.partsAreSigned === true ? await signed(plain) : plain);
    own.set(`base64:${name}`, bytes.toString('base64'));
    own.set(`length:${name}`, String(bytes.length));
  }
  let bytes = await signed(Buffer.from(fill(template.whole, own), 'utf8'));
  if (step.sign === 'altered') bytes = altered(bytes);
  variables.set(`${step.as}.base64`, Buffer.from(bytes).toString('base64'));
  variables.set(`${step.as}.sha256`, createHash('sha256').update(bytes).digest('hex'));
  return bytes;
}

/** One digit of a date in the signed part becomes another, so that the digest no longer fits. */
function altered(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('utf8');
  return Buffer.from(
    text.replace(/(<(?:NGAYLAP|NgayLap)>)(\d)/, (_all, tag: string, digit: string) =>
      digit === '0' ? `${tag}1` : `${tag}0`,
    ),
    'utf8',
  );
}
