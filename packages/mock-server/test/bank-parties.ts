import { createBankClient, type BankClient, type CreditNotice } from '@bhxh/sdk/payments';
import { createDemoAuthority, keyObjectSigner, sign, verify, type Signer } from '@bhxh/signing';
import { X509Certificate } from 'node:crypto';
import { openContract } from '../src/contract/contract.ts';
import type { DemoAccount } from '../src/seed/demo.ts';
import { specifications } from './unit-office.ts';

const contract = openContract('bank-gateway.yaml');

/** Every answer of the gateway that is not what the description says. */
export const deviations: string[] = [];

/** Finds the operation of a call by its method and path. */
function operationOf(method: string, path: string): ReturnType<(typeof contract)['get']> {
  for (const operation of contract.values()) {
    const pattern = new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    if (operation.method === method && pattern.test(path)) return operation;
  }
  return undefined;
}

/** Real sockets; every answer is held against the OpenAPI description. */
async function describedFetch(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const response = await fetch(request);
  if (!pathname.startsWith('/payments/')) return response;
  const operation = operationOf(request.method, pathname);
  const type = response.headers.get('content-type');
  const text = await response.clone().text();
  let body: unknown = text;
  if (type?.includes('json') === true)
    try {
      body = JSON.parse(text);
    } catch {
      // A scenario may have spoilt it.
      return response;
    }
  const problems = operation?.checkReply(response.status, type, body) ?? ['unknown operation'];
  if (problems.length > 0)
    deviations.push(
      `${request.method} ${pathname} ${response.status}: ${JSON.stringify(problems)} ${text.slice(0, 300)}`,
    );
  return response;
}

export interface PartyPlace {
  readonly url: string;
  readonly accounts: readonly DemoAccount[];
  readonly now: () => Date;
}

const identities = new Map<string, Signer>();

/** A bank's or an office's software with a key of its own, signed in under this name. */
export async function openParty(
  place: PartyPlace,
  username: string,
  own: Partial<Parameters<typeof createBankClient>[0]> = {},
): Promise<BankClient> {
  const account = place.accounts.find((one) => one.username === username);
  if (account?.party === undefined) throw new Error(`no account ${username}`);
  const { party } = account;
  const { now } = place;
  let signer = identities.get(party);
  if (signer === undefined) {
    const identity = createDemoAuthority({ now: () => new Date('2026-01-01T00:00:00Z') }).issue({
      mst: '9900000009',
      name: party,
      notAfter: new Date('2035-01-01T00:00:00Z'),
    });
    signer = keyObjectSigner({
      key: identity.key,
      certificate: identity.certificate,
      chain: [],
      label: party,
    });
    identities.set(party, signer);
  }
  const key = signer;
  const trusted = new Map<string, X509Certificate>();
  const client = createBankClient({
    environment: 'mock',
    url: place.url,
    party,
    credentials: { username, password: account.password },
    now,
    sleep: () => Promise.resolve(),
    fetch: describedFetch,
    specifications,
    sign: (envelope) => sign(envelope, key, { profile: 'payment-message', now }),
    async check(envelope, sender) {
      let anchor = trusted.get(sender);
      if (anchor === undefined) {
        anchor = new X509Certificate(await client.readCertificate(sender));
        trusted.set(sender, anchor);
      }
      const outcome = await verify(envelope, {
        profile: 'payment-message',
        trust: { anchors: [anchor] },
        now,
      });
      if (outcome.verdict !== 'valid' || outcome.signedBytes === undefined)
        throw new Error(`signature of ${sender}: ${outcome.reasons[0]?.code ?? outcome.verdict}`);
      return outcome.signedBytes;
    },
    ...own,
  });
  await client.registerCertificate(key.certificate.toString());
  return client;
}

/** The signing key of a party's own software. */
export const signerOf = (party: string): Signer => identities.get(party) as Signer;

export const remittance = (unit: string, office = '09901'): string =>
  `+BHXH+103+00+${unit}+${office}+dong BHXH+`;

export const credit = (reference: string, amount: number, own: Partial<CreditNotice> = {}): CreditNotice => ({
  reference,
  amount,
  bookingDate: '2026-10-12',
  text: remittance('ZZ0001A'),
  payerName: 'CONG TY THU NGHIEM',
  payerAccount: '9999000077',
  ...own,
});
