// Hostile files and requests, made by code from a seed and never downloaded: each is one attack on an otherwise good claim.
// What each must be refused with stands in specs/conformance/attacks.yaml.
import { readFileSync } from 'node:fs';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { createDemoAuthority, keyObjectSigner, sign, type DemoIdentity } from '@bhxh/signing';
import { parse } from 'yaml';
import { buildZip, type TestEntry } from '../../cli/test/zip-builder.ts';

export interface Attack {
  readonly id: string;
  readonly family: string;
  /** `claim` files are validated and sent; `archive` files are validated; `request` is what a server is sent raw. */
  readonly channel: 'claim' | 'archive' | 'request';
  readonly bytes: Buffer;
}

export interface ListedAttack {
  readonly id: string;
  readonly family: string;
  /** A finding, a skip reason, or what a server answers. */
  readonly code: string;
  /** What the claims gateway says of it: HTTP status and code at once, or a code among the findings of the rejection. */
  readonly server?: string;
}

const specs = new URL('../../../specs/conformance/', import.meta.url);

export function listedAttacks(): readonly ListedAttack[] {
  const { attacks } = parse(readFileSync(new URL('attacks.yaml', specs), 'utf8')) as {
    attacks: readonly ListedAttack[];
  };
  return attacks;
}

const SEED = 20_261_122;

/** The same numbers in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

interface Template {
  readonly parts: Readonly<Record<string, string>>;
  readonly whole: string;
}

const template = parse(readFileSync(new URL('documents/claim.yaml', specs), 'utf8')) as Template;

/** The good claim, with one thing done to its XML1 or to its envelope. */
function claim(
  key: string,
  {
    inner = same,
    outer = same,
  }: { inner?: (xml: string) => string | Buffer; outer?: (xml: string) => string } = {},
): string {
  const fill = (text: string): string => text.replaceAll('${MA_LK}', key).replaceAll('${sender}', '99001');
  let whole = fill(template.whole);
  for (const [name, text] of Object.entries(template.parts)) {
    const made = name === 'XML1' ? inner(fill(text)) : fill(text);
    whole = whole.replace(`\${base64:${name}}`, Buffer.from(made).toString('base64'));
  }
  return outer(whole);
}

const same = (xml: string): string => xml;
const afterDeclaration = (text: string) => (xml: string) =>
  xml.startsWith('<?xml') ? xml.replace('?>', `?>${text}`) : text + xml;
const inRoot = (text: string) => (xml: string) =>
  xml.replace(/<(GIAMDINHHS|TONG_HOP)([^>]*)>/, (all) => all + text);
const onRoot = (text: string) => (xml: string) =>
  xml.replace(/<(GIAMDINHHS|TONG_HOP)/, (all) => `${all} ${text}`);
const renamed = (name: string) => (xml: string) =>
  xml.replace(/<(GIAMDINHHS|TONG_HOP)([^>]*)>/, (all) => `${all}<${name}></${name}>`);

const laughs = (levels: number, width: number): string => {
  let text = '<!DOCTYPE a [<!ENTITY l0 "ha">';
  for (let level = 1; level <= levels; level += 1)
    text += `<!ENTITY l${level} "${`&l${level - 1};`.repeat(width)}">`;
  return `${text}]>`;
};

/** Each works on any XML text: the envelope, and the table inside it. */
const shapes: readonly (readonly [id: string, family: string, change: (xml: string) => string])[] = [
  ['file-entity', 'XXE', afterDeclaration('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>')],
  ['http-entity', 'XXE', afterDeclaration('<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>')],
  [
    'parameter-entity',
    'XXE',
    afterDeclaration('<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>'),
  ],
  ['external-dtd', 'XXE', afterDeclaration('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">')],
  ['public-dtd', 'XXE', afterDeclaration('<!DOCTYPE a PUBLIC "-//X//Y" "http://127.0.0.1:9/x.dtd">')],
  ['ftp-entity', 'XXE', afterDeclaration('<!DOCTYPE a [<!ENTITY x SYSTEM "ftp://127.0.0.1:9/x">]>')],
  ['notation', 'XXE', afterDeclaration('<!DOCTYPE a [<!NOTATION n SYSTEM "http://127.0.0.1:9/">]>')],
  ['lower-case-doctype', 'XXE', afterDeclaration('<!doctype a>')],
  ['undeclared-entity', 'XXE', inRoot('&x;')],
  [
    'stylesheet',
    'XXE',
    afterDeclaration('<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/x.xsl"?>'),
  ],
  ['billion-laughs', 'expansion', afterDeclaration(laughs(9, 10))],
  ['laughs-to-the-brim', 'expansion', afterDeclaration(laughs(30, 2))],
  ['quadratic', 'expansion', afterDeclaration(`<!DOCTYPE a [<!ENTITY q "${'q'.repeat(50_000)}">]>`)],
  ['recursive-entity', 'expansion', afterDeclaration('<!DOCTYPE a [<!ENTITY r "&s;"><!ENTITY s "&r;">]>')],
  ['attribute-default', 'expansion', afterDeclaration('<!DOCTYPE a [<!ATTLIST a b CDATA "c">]>')],
  ['depth-65', 'depth', inRoot('<a>'.repeat(65) + '</a>'.repeat(65))],
  ['depth-100000', 'depth', inRoot('<a>'.repeat(100_000))],
  ['depth-1000000', 'depth', inRoot('<a>'.repeat(1_000_000))],
  ['attributes-65', 'width', onRoot(Array.from({ length: 65 }, (_, at) => `a${at}="1"`).join(' '))],
  ['attributes-100000', 'width', onRoot(Array.from({ length: 100_000 }, (_, at) => `a${at}="1"`).join(' '))],
  ['long-name', 'width', renamed('n'.repeat(1_000_000))],
  ['long-attribute-name', 'width', onRoot(`${'n'.repeat(129)}="1"`)],
  ['same-attribute', 'width', onRoot('a="1" a="2"')],
  ['same-attribute-by-prefix', 'width', onRoot('xmlns:p="urn:x" xmlns:q="urn:x" p:a="1" q:a="2"')],
  ['unbound-prefix', 'structure', inRoot('<p:a></p:a>')],
  ['xml-prefix-rebound', 'structure', onRoot('xmlns:xml="urn:x"')],
  ['no-end', 'structure', (xml) => xml.slice(0, -4)],
  ['crossed-tags', 'structure', inRoot('<a><b></a></b>')],
  ['two-roots', 'structure', (xml) => `${xml}<GIAMDINHHS></GIAMDINHHS>`],
  ['text-behind-root', 'structure', (xml) => `${xml}text`],
  ['raw-less-than', 'structure', onRoot('a="<"')],
  ['comment-with-dashes', 'structure', inRoot('<!-- a -- b -->')],
  ['open-cdata', 'structure', inRoot('<![CDATA[')],
  ['null-byte', 'characters', inRoot('\u0000')],
  ['null-reference', 'characters', inRoot('&#0;')],
  ['control-reference', 'characters', inRoot('&#x1;')],
  ['surrogate-reference', 'characters', inRoot('&#xD800;')],
  ['noncharacter', 'characters', inRoot('\uFFFE')],
  ['vertical-tab', 'characters', inRoot('\u000B')],
];

/** Bytes that no text can say. */
const bytesInRoot: readonly (readonly [id: string, bytes: readonly number[]])[] = [
  ['overlong-slash', [0xc0, 0xaf]],
  ['overlong-null', [0xe0, 0x80, 0x80]],
  ['lone-surrogate', [0xed, 0xa0, 0x80]],
  ['beyond-unicode', [0xf4, 0x90, 0x80, 0x80]],
  ['lone-continuation', [0x80]],
  ['cut-sequence', [0xe1, 0xbb]],
  ['tcvn3-text', [0x42, 0xd6, 0x6e, 0x68]],
  ['utf7-escape', [0xfe]],
];

const encodings: readonly (readonly [id: string, encode: (text: string) => Buffer])[] = [
  ['utf16-le-bom', (text) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])],
  [
    'utf16-be-bom',
    (text) => Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, 'utf16le').swap16()]),
  ],
  ['utf16-le-bare', (text) => Buffer.from(text, 'utf16le')],
  ['utf16-be-bare', (text) => Buffer.from(text, 'utf16le').swap16()],
  [
    'utf32',
    (text) =>
      Buffer.concat(
        Array.from(text.slice(0, 200), (letter) => Buffer.from([letter.codePointAt(0)! & 255, 0, 0, 0])),
      ),
  ],
  ['declared-ebcdic', (text) => Buffer.from(text.replace('encoding="utf-8"', 'encoding="cp037"'))],
  ['declared-latin1', (text) => Buffer.from(text.replace('encoding="utf-8"', 'encoding="ISO-8859-1"'))],
  ['declared-utf7', (text) => Buffer.from(text.replace('encoding="utf-8"', 'encoding="UTF-7"'))],
];

const base64: readonly (readonly [id: string, spoil: (text: string) => string])[] = [
  ['url-alphabet', (text) => `${text.slice(0, -8)}-_-_${text.slice(-4)}`],
  ['bad-padding', (text) => `${text.replace(/=+$/, '')}A`],
  ['padding-inside', (text) => `${text.slice(0, 8)}====${text.slice(8)}`],
  ['stray-letters', (text) => `${text.slice(0, 8)}*$%${text.slice(8)}`],
  ['second-layer', (text) => Buffer.from(text).toString('base64')],
];

const identity = (): DemoIdentity =>
  createDemoAuthority({ now: () => new Date('2026-11-01T00:00:00Z') }).issue({
    mst: '9900000100',
    name: 'Facility 99001',
  });

const now = (): Date => new Date('2026-11-20T00:00:00Z');

/** Signature wrapping and other tampering with a claim that was signed well. */
async function onSignatures(): Promise<(readonly [id: string, bytes: Buffer])[]> {
  const { key, certificate, chain } = identity();
  const signer = keyObjectSigner({ key, certificate, chain, label: 'attacked' });
  const text = Buffer.from(
    await sign(Buffer.from(claim('AT.signature')), signer, { profile: 'bhxh-xml', now }),
  ).toString();
  const whole = /<Signature .*<\/Signature>/s.exec(text)![0];
  const bare = text.replace(whole, '');
  const forged = bare.replace(/<NGAYLAP>\d/, '<NGAYLAP>1');
  const content = /<THONGTINHOSO>.*<\/THONGTINHOSO>/s.exec(bare)![0];
  const inPlace = (document: string, signature: string): string =>
    document.replace('<CHUKYDONVI></CHUKYDONVI>', `<CHUKYDONVI>${signature}</CHUKYDONVI>`);
  const holding = (inside: string): string =>
    whole.replace('</Signature>', `<Object>${inside}</Object></Signature>`);
  const strip = (xml: string): string => xml.replace(/^<\?xml[^>]*\?>\s*/, '');
  const cases: [string, string][] = [
    ['xsw1-root-in-object', inPlace(forged, holding(strip(bare)))],
    ['xsw2-beside-signature', inPlace(forged, whole + content)],
    ['xsw3-forged-before', inPlace(forged.replace('<THONGTINHOSO>', `${content}<THONGTINHOSO>`), whole)],
    ['xsw4-forged-parent', inPlace(forged.replace('</THONGTINHOSO>', `${content}</THONGTINHOSO>`), whole)],
    ['xsw5-original-at-end', inPlace(forged, whole).replace('</GIAMDINHHS>', `${content}</GIAMDINHHS>`)],
    ['xsw6-original-in-signature', inPlace(forged, holding(content))],
    [
      'xsw7-in-extension',
      inPlace(forged.replace('<CHUKYDONVI>', `<MO_RONG>${content}</MO_RONG><CHUKYDONVI>`), whole),
    ],
    ['xsw8-in-object', inPlace(forged, whole.replace('<KeyInfo>', `<Object>${content}</Object><KeyInfo>`))],
    ['two-signatures', inPlace(bare, whole + whole)],
    [
      'two-signed-infos',
      text.replace('<SignatureValue>', `${/<SignedInfo>.*<\/SignedInfo>/s.exec(text)![0]}<SignatureValue>`),
    ],
    ['comment-in-digest', text.replace('<DigestValue>', '<DigestValue><!-- x -->')],
    ['no-reference', text.replace(/<Reference .*<\/Reference>/s, '')],
    ['external-reference', text.replace('URI=""', 'URI="http://127.0.0.1:9/x"')],
    ['file-reference', text.replace('URI=""', 'URI="file:///etc/hostname"')],
    [
      'sha1-digest',
      text.replace('http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2000/09/xmldsig#sha1'),
    ],
    [
      'hmac',
      text.replace(
        /(<SignatureMethod Algorithm=")[^"]+/,
        '$1http://www.w3.org/2001/04/xmldsig-more#hmac-sha256',
      ),
    ],
    [
      'xslt-transform',
      text.replace(
        '<Transforms>',
        '<Transforms><Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"></Transform>',
      ),
    ],
    [
      'xpath-transform',
      text.replace(
        '<Transforms>',
        '<Transforms><Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"></Transform>',
      ),
    ],
    [
      'altered-value',
      text.replace(
        /<SignatureValue>(.)/,
        (_all, letter: string) => `<SignatureValue>${letter === 'A' ? 'B' : 'A'}`,
      ),
    ],
    ['altered-content', text.replace(/<NGAYLAP>\d/, '<NGAYLAP>1')],
    ['no-certificate', text.replace(/<KeyInfo>.*<\/KeyInfo>/s, '')],
    ['garbage-certificate', text.replace(/<X509Certificate>[^<]{20}/, `<X509Certificate>${'A'.repeat(20)}`)],
  ];
  return cases.map(([id, xml]) => [id, Buffer.from(xml)]);
}

function archives(random: () => number): (readonly [id: string, bytes: Buffer])[] {
  const good: TestEntry = { name: 'a.xml', content: Buffer.from(claim('AT.archive')) };
  const named = (name: string): Buffer => buildZip([{ ...good, name }]);
  const zeros = Buffer.alloc(20 * 1024 * 1024);
  return [
    ['climbing-name', named('../../a.xml')],
    ['climbing-inside', named('x/../../a.xml')],
    ['absolute-name', named('/etc/a.xml')],
    ['drive-name', named('C:\\a.xml')],
    ['backslash-name', named('..\\..\\a.xml')],
    ['null-in-name', named('a.xml\u0000.txt')],
    ['same-name-twice', buildZip([good, good])],
    ['symbolic-link', buildZip([{ ...good, externalAttributes: (0o120777 << 16) >>> 0 }])],
    ['encrypted', buildZip([{ ...good, flags: 1 }])],
    ['bomb', buildZip([{ name: 'a.xml', content: zeros, deflate: true }])],
    [
      'overlapping',
      buildZip([
        { ...good, claimedOffset: 0 },
        { ...good, name: 'b.xml', claimedOffset: 0 },
      ]),
    ],
    ['nested', buildZip([{ name: 'inner.zip', content: buildZip([good]) }])],
    ['cut', named('a.xml').subarray(0, 100)],
    [
      'noise',
      Buffer.concat([
        Buffer.from('PK\u0003\u0004'),
        Buffer.from(Array.from({ length: 500 }, () => Math.floor(random() * 256))),
      ]),
    ],
  ];
}

const post = (path: string, headers: readonly string[], body: string | Buffer): Buffer =>
  Buffer.concat([
    Buffer.from([`POST ${path} HTTP/1.1`, 'Host: server', ...headers, '', ''].join('\r\n')),
    Buffer.from(body),
  ]);
const measured = (body: string | Buffer): string => `Content-Length: ${Buffer.byteLength(body)}`;
const jsonType = 'Content-Type: application/json';
const formType = 'Content-Type: application/x-www-form-urlencoded';
const TOKEN = '/api/token/take';

function requests(): (readonly [id: string, family: string, bytes: Buffer])[] {
  const json = (id: string, body: string): readonly [string, string, Buffer] => [
    id,
    'JSON',
    post(TOKEN, [jsonType, measured(body)], body),
  ];
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
  const raw = (id: string, lines: readonly string[]): readonly [string, string, Buffer] => [
    id,
    'smuggling',
    Buffer.from(lines.join('\r\n')),
  ];
  return [
    json('deep-list', '['.repeat(30_000)),
    json('deep-object', '{"a":'.repeat(10_000)),
    json('prototype', '{"__proto__":{"username":"a","password":"b"}}'),
    json('operator', '{"username":{"$ne":""},"password":{"$ne":""}}'),
    json('list-for-object', '[]'),
    json('null', 'null'),
    json('long-number', `{"username":${'9'.repeat(40_000)},"password":1}`),
    json('not-utf8', '{"username":"\u00ff'),
    [
      'form-field-twice',
      'form',
      post(TOKEN, [formType, measured('username=a&username=b')], 'username=a&username=b'),
    ],
    ['form-bad-escape', 'form', post(TOKEN, [formType, measured('username=%zz')], 'username=%zz')],
    [
      'form-thousand-fields',
      'form',
      ((body) => post(TOKEN, [formType, measured(body)], body))(
        Array.from({ length: 5_000 }, (_, at) => `f${at}=1`).join('&'),
      ),
    ],
    ['gzip-bomb', 'compression', post(TOKEN, [formType, 'Content-Encoding: gzip', measured(bomb)], bomb)],
    [
      'deflate',
      'compression',
      ((body) => post(TOKEN, [formType, 'Content-Encoding: deflate', measured(body)], body))(
        deflateRawSync(Buffer.from('username=a')),
      ),
    ],
    raw('two-lengths', [
      `POST ${TOKEN} HTTP/1.1`,
      'Host: server',
      formType,
      'Content-Length: 5',
      'Content-Length: 6',
      '',
      'a=b&c=',
    ]),
    raw('length-and-chunked', [
      `POST ${TOKEN} HTTP/1.1`,
      'Host: server',
      formType,
      'Content-Length: 5',
      'Transfer-Encoding: chunked',
      '',
      '0',
      '',
      '',
    ]),
    raw('chunked-twice', [
      `POST ${TOKEN} HTTP/1.1`,
      'Host: server',
      formType,
      'Transfer-Encoding: chunked, identity',
      '',
      '0',
      '',
      '',
    ]),
    raw('bad-chunk', [
      `POST ${TOKEN} HTTP/1.1`,
      'Host: server',
      formType,
      'Transfer-Encoding: chunked',
      '',
      'zz',
      'a',
      '0',
      '',
      '',
    ]),
    raw('space-before-colon', [`POST ${TOKEN} HTTP/1.1`, 'Host : server', 'Content-Length: 0', '', '']),
    raw('folded-header', [
      `POST ${TOKEN} HTTP/1.1`,
      'Host: server',
      'X-A: b',
      ' c',
      'Content-Length : 0',
      '',
      '',
    ]),
    raw('null-in-header', [
      `POST ${TOKEN} HTTP/1.1`,
      'Host: server',
      'X-A: b\u0000c',
      'Content-Length: 0',
      '',
      '',
    ]),
    raw('bare-line-feed-header', [
      `POST ${TOKEN} HTTP/1.1`,
      'Host: server\nContent-Length: 3',
      'Content-Length: 0',
      '',
      '',
    ]),
    raw('huge-header', [
      `POST ${TOKEN} HTTP/1.1`,
      'Host: server',
      `X-A: ${'a'.repeat(100_000)}`,
      'Content-Length: 0',
      '',
      '',
    ]),
    raw('negative-length', [`POST ${TOKEN} HTTP/1.1`, 'Host: server', 'Content-Length: -1', '', '']),
    raw('old-protocol', ['POST /api/token/take HTTP/0.9', '', '']),
    raw('no-host', [`POST ${TOKEN} HTTP/1.1`, 'Content-Length: 0', '', '']),
    raw('climbing-path', ['GET /../../etc/passwd HTTP/1.1', 'Host: server', 'Connection: close', '', '']),
    raw('climbing-path-escaped', [
      'GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1',
      'Host: server',
      'Connection: close',
      '',
      '',
    ]),
    raw('climbing-claim', [
      'GET /bhxh/v1/claims/..%2f..%2fetc%2fpasswd HTTP/1.1',
      'Host: server',
      'Connection: close',
      '',
      '',
    ]),
    raw('path-with-null', [
      'GET /bhxh/v1/claims/a%00b HTTP/1.1',
      'Host: server',
      'Connection: close',
      '',
      '',
    ]),
    raw('unknown-method', ['TRACE / HTTP/1.1', 'Host: server', 'Connection: close', '', '']),
  ];
}

/** The whole corpus; the same bytes each time, but for the random keys under the signatures. */
export async function attackCorpus(): Promise<readonly Attack[]> {
  const random = numbers(SEED);
  const made: Attack[] = [];
  const add = (channel: Attack['channel'], layer: string, family: string, id: string, bytes: Buffer): void =>
    void made.push({ id: `${layer}/${id}`, family, channel, bytes });
  for (const [id, family, change] of shapes) {
    add('claim', 'envelope', family, id, Buffer.from(claim(`AT.e.${id}`, { outer: change })));
    add('claim', 'table', family, id, Buffer.from(claim(`AT.t.${id}`, { inner: change })));
  }
  for (const [id, bytes] of bytesInRoot) {
    const marked = (xml: string): Buffer => {
      const at = xml.indexOf('>', xml.search(/<(GIAMDINHHS|TONG_HOP)/)) + 1;
      return Buffer.concat([Buffer.from(xml.slice(0, at)), Buffer.from(bytes), Buffer.from(xml.slice(at))]);
    };
    add('claim', 'envelope', 'encoding', id, marked(claim(`AT.e.${id}`)));
    add('claim', 'table', 'encoding', id, Buffer.from(claim(`AT.t.${id}`, { inner: marked })));
  }
  for (const [id, encode] of encodings) add('claim', 'envelope', 'encoding', id, encode(claim(`AT.e.${id}`)));
  for (const [id, spoil] of base64) {
    const outer = (xml: string): string =>
      xml.replace(/<NOIDUNGFILE>([^<]+)/, (_all, text: string) => `<NOIDUNGFILE>${spoil(text)}`);
    add('claim', 'table', 'base64', id, Buffer.from(claim(`AT.t.${id}`, { outer })));
  }
  for (const [id, bytes] of await onSignatures()) add('claim', 'signature', 'signature', id, bytes);
  for (const [id, bytes] of archives(random)) add('archive', 'archive', 'archive', id, bytes);
  for (const [id, family, bytes] of requests()) add('request', 'request', family, id, bytes);
  return made;
}
