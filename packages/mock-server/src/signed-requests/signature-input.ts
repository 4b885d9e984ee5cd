/** One HTTP Message Signature (RFC 9421) of a request, as the two header fields say it. */
export interface MessageSignature {
  /** Covered components in their order, without quotation marks. */
  readonly components: readonly string[];
  /** The part behind the label, exactly as sent: it is signed too. */
  readonly parameters: string;
  readonly created: number;
  readonly keyId: string;
  readonly nonce: string;
  readonly algorithm: string | undefined;
  readonly value: Buffer;
}

const LABEL = '[a-z*][a-z0-9_.*-]*';
const INPUT = new RegExp(`^(${LABEL})=(\\(((?:"[a-z0-9@_-]+"(?: "[a-z0-9@_-]+")*)?)\\)((?:;[^\\s,]+)*))$`);
const VALUE = new RegExp(`^(${LABEL})=:([A-Za-z0-9+/]+={0,2}):$`);
const PARAMETER = /^([a-z*][a-z0-9_.*-]*)=(?:"([\x21\x23-\x5b\x5d-\x7e]{0,255})"|(\d{1,15}))$/;
/** Both fields together never need more; longer ones are somebody else's business. */
const LONGEST = 4_096;

/** Reads `Signature-Input` and `Signature` with one signature between them; undefined for everything else. */
export function readMessageSignature(input: string, signature: string): MessageSignature | undefined {
  if (input.length + signature.length > LONGEST) return undefined;
  const [, label, parameters, list = '', rest = ''] = INPUT.exec(input.trim()) ?? [];
  const [, signed, base64] = VALUE.exec(signature.trim()) ?? [];
  if (label === undefined || label !== signed || parameters === undefined || base64 === undefined)
    return undefined;
  const said = new Map<string, string>();
  for (const part of rest.split(';').slice(1)) {
    const [, name, text, number] = PARAMETER.exec(part) ?? [];
    if (name === undefined || said.has(name)) return undefined;
    said.set(name, text ?? number ?? '');
  }
  const components = list === '' ? [] : list.split(' ').map((name) => name.slice(1, -1));
  const [created, keyId, nonce] = [said.get('created'), said.get('keyid'), said.get('nonce')];
  if (created === undefined || !/^\d+$/.test(created) || keyId === undefined || nonce === undefined)
    return undefined;
  if (new Set(components).size !== components.length || keyId === '' || nonce === '') return undefined;
  return {
    components,
    parameters,
    created: Number(created),
    keyId,
    nonce,
    algorithm: said.get('alg'),
    value: Buffer.from(base64, 'base64'),
  };
}

/** The bytes that are signed; undefined where a covered component is missing or not one of those we know. */
export function signatureBase(request: Request, signature: MessageSignature): string | undefined {
  const url = new URL(request.url);
  const lines: string[] = [];
  for (const name of signature.components) {
    const value = name.startsWith('@') ? derived(name, request, url) : request.headers.get(name)?.trim();
    if (value === undefined) return undefined;
    lines.push(`"${name}": ${value}`);
  }
  return [...lines, `"@signature-params": ${signature.parameters}`].join('\n');
}

function derived(name: string, request: Request, url: URL): string | undefined {
  switch (name) {
    case '@method':
      return request.method;
    case '@path':
      return url.pathname;
    case '@query':
      return url.search === '' ? '?' : url.search;
    case '@authority':
      return url.host;
    case '@target-uri':
      return request.url;
    default:
      return undefined;
  }
}
