import { createHash, randomBytes } from 'node:crypto';
import type { RequestSigner } from './request-signer.ts';
import type { Transport, WireBody, WireRequest } from './wire.ts';

const LABEL = 'sig1';

/** Headers that say who is calling: what is signed without them could be sent in another session. */
const CREDENTIALS = ['authorization', 'accesstoken'];

/** One covered component and its value, in the order in which they are signed. */
export type SignedComponent = readonly [name: string, value: string];

/** The text that is signed (RFC 9421, 2.5). `parameters` is what Signature-Input says behind its label. */
export function signatureBase(components: readonly SignedComponent[], parameters: string): string {
  return [
    ...components.map(([name, value]) => `"${name}": ${value}`),
    `"@signature-params": ${parameters}`,
  ].join('\n');
}

/**
 * Signs every request on its way (RFC 9421): method, path, query, body by its digest (RFC 9530) and the credentials, at the
 * moment of `now`, with a nonce of its own for every attempt, so that a repeated send is not taken for a replay.
 */
export function signRequests(
  transport: Transport,
  signer: RequestSigner,
  { baseUrl, now }: { readonly baseUrl: string; readonly now: () => Date },
): Transport {
  return {
    async send(request) {
      return await transport.send({
        ...request,
        headers: { ...request.headers, ...(await signatureHeaders(request, signer, baseUrl, now())) },
      });
    },
    close: () => transport.close(),
  };
}

async function signatureHeaders(
  request: WireRequest,
  signer: RequestSigner,
  baseUrl: string,
  moment: Date,
): Promise<Record<string, string>> {
  const url = new URL(baseUrl + request.target);
  const digest = request.method === 'GET' ? undefined : `sha-256=:${await digestOf(request.body)}:`;
  const components: SignedComponent[] = [
    ['@method', request.method],
    ['@path', url.pathname],
    ...(url.search === '' ? [] : [['@query', url.search] as const]),
    ...(digest === undefined ? [] : [['content-digest', digest] as const]),
    ...Object.entries(request.headers)
      .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
      .filter(([name]) => CREDENTIALS.includes(name)),
  ];
  const covered = components.map(([name]) => `"${name}"`).join(' ');
  const created = Math.floor(moment.getTime() / 1_000);
  const nonce = randomBytes(18).toString('base64url');
  const parameters = `(${covered});created=${created};keyid="${signer.keyId}";alg="${signer.algorithm}";nonce="${nonce}"`;
  const value = await signer.sign(Buffer.from(signatureBase(components, parameters)));
  return {
    ...(digest === undefined ? {} : { 'Content-Digest': digest }),
    'Signature-Input': `${LABEL}=${parameters}`,
    Signature: `${LABEL}=:${Buffer.from(value).toString('base64')}:`,
  };
}

async function digestOf(body: WireBody | undefined): Promise<string> {
  const hash = createHash('sha256');
  if (body?.pieces !== undefined) for await (const piece of body.pieces()) hash.update(piece);
  else if (body !== undefined) hash.update(body.whole());
  return hash.digest('base64');
}
