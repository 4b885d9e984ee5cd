import { sign, SigningError, verify, type ProfileName, type SignatureAlgorithm } from '@bhxh/signing';
import type { TokenSigner } from '@bhxh/signing/signers/pkcs11';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openToken } from '../open-signer.ts';
import { signingFailure } from '../signing-failure.ts';
import { tokenReference } from './token-info.ts';

/** Formats that are tried, each with the algorithm that shows whether a token can do it. */
const trials: readonly (readonly [profile: ProfileName, algorithm: SignatureAlgorithm])[] = [
  ['bhxh-xml', 'rsa-sha256'],
  ['bhxh-xml-pss', 'rsa-pss-sha256'],
  ['bhxh-xml-ecdsa', 'ecdsa-sha256'],
];
const signatures = 3;

/** A document like a claim that says nothing about anybody. */
const probe = Buffer.from(
  '<GIAMDINHHS><THONGTINDONVI><MACSKCB>99001</MACSKCB></THONGTINDONVI><CHUKYDONVI/></GIAMDINHHS>',
);

interface Trial {
  readonly profile: string;
  readonly algorithm: string;
  readonly mechanism: string;
  /** Milliseconds a signature, the middle one of three. */
  readonly milliseconds: number;
  readonly verdict: string;
}

/** Logs in once, signs a probe in every format that the token can do, and verifies each signature. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const uri = tokenReference(context);
  const ref = textOption(options, 'key') ?? 'pkcs11:';
  try {
    const signer = await openToken(context, ref, uri);
    try {
      const done: Trial[] = [];
      for (const [profile, algorithm] of trials)
        if (signer.algorithms.includes(algorithm))
          done.push(await tryOut(context, signer, profile, algorithm));
      if (done.length === 0) throw new SigningError('ERR_MECHANISM_MISSING', { token: signer.token.label });
      const isGood = done.every(({ verdict }) => verdict === 'valid');
      if (context.format === 'json') {
        const { label, serial, module } = signer.token;
        const document = { schema: 'bhxh-token-test/1', token: { label, serial, module }, trials: done };
        streams.write(`${JSON.stringify(document)}\n`);
      } else {
        streams.write(`${signer.label} · ${signer.loader}\n`);
        for (const { profile, algorithm, mechanism, milliseconds, verdict } of done) {
          const result = verdict === 'valid' ? `✓ ${messages.token.verified}` : `✗ ${verdict}`;
          const time = `${milliseconds} ${messages.token.perSignature}`;
          streams.write(`${result} · ${profile} · ${algorithm} · ${mechanism} · ${time}\n`);
        }
      }
      return isGood ? exitCodes.done : exitCodes.key;
    } finally {
      await signer.close();
    }
  } catch (error) {
    throw signingFailure(error);
  }
}

async function tryOut(
  context: CommandContext,
  signer: TokenSigner,
  profile: ProfileName,
  algorithm: SignatureAlgorithm,
): Promise<Trial> {
  const { now, signal, elapsed } = context;
  const times: number[] = [];
  const verdicts = new Set<string>();
  for (let count = 0; count < signatures; count++) {
    const begun = elapsed();
    const signed = await sign(probe, signer, { profile, algorithm, now, signal });
    times.push(elapsed() - begun);
    verdicts.add((await verify(signed, { profile, trust: 'not-checked', now })).verdict);
  }
  const [, middle = 0] = times.sort((one, other) => one - other);
  return {
    profile,
    algorithm,
    mechanism: await signer.mechanism(algorithm),
    milliseconds: Math.round(middle * 10) / 10,
    verdict: verdicts.size === 1 ? [...verdicts][0]! : 'invalid',
  };
}
