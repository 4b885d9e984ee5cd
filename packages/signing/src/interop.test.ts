import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SignedXml } from 'xml-crypto';
import { claim, claimOfSize, change, identityOf, now } from '../test/documents.ts';
import { matrixPage } from '../test/interop-matrix.ts';
import type { Cell } from '../test/interop-matrix.ts';
import { startJava, xmlsecKnowsPss, xmlsecSigns, xmlsecVerifies } from '../test/peers.ts';
import type { JavaPeer } from '../test/peers.ts';
import { findProfile, sign, verify } from './index.ts';
import type { Canonicalization, SignatureAlgorithm, SignatureProfile, Signer } from './index.ts';
import { signatureAlgorithm } from './signature-algorithms.ts';
import { canonicalizationUris } from './signature-element.ts';

/** Where the signature stands, or what it refers to. */
type Layout = 'root' | 'CHUKYDONVI' | '#id';

const algorithms: readonly SignatureAlgorithm[] = [
  'rsa-sha256',
  'rsa-pss-sha256',
  'ecdsa-sha256',
  'ecdsa-sha384',
];
const forms: readonly Canonicalization[] = ['inclusive', 'exclusive'];
const layouts: readonly Layout[] = ['root', 'CHUKYDONVI', '#id'];

/** Cells a peer cannot do, which are told with the others; everything else must agree. */
const xmlsecCannot = (algorithm: SignatureAlgorithm): boolean =>
  algorithm.startsWith('rsa-pss') && !xmlsecKnowsPss();
const cells: Cell[] = [];

let folder: string;
let java: JavaPeer;
let keys: Map<
  string,
  {
    signer: Signer;
    keyPath: string;
    certificatePath: string;
    anchorPath: string;
    anchor: Signer['certificate'];
  }
>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-interop-'));
  java = startJava(folder);
  keys = new Map(
    (['rsa-2048', 'p-256', 'p-384'] as const).map((keyKind) => {
      const { signer, identity, authority } = identityOf({ keyKind });
      const path = (name: string, content: string) => {
        const file = join(folder, `${keyKind}-${name}.pem`);
        writeFileSync(file, content);
        return file;
      };
      return [
        keyKind,
        {
          signer,
          keyPath: path('key', identity.keyPem),
          certificatePath: path('certificate', identity.certificatePem),
          anchorPath: path('anchor', authority.certificatePem),
          anchor: authority.certificate,
        },
      ];
    }),
  );
  // Java compiles its side first, which takes long on a busy machine.
}, 120_000);

afterAll(() => {
  java.close();
  rmSync(folder, { recursive: true });
});

const keyFor = (algorithm: SignatureAlgorithm) =>
  keys.get(algorithm === 'ecdsa-sha384' ? 'p-384' : algorithm === 'ecdsa-sha256' ? 'p-256' : 'rsa-2048')!;

function profileFor(algorithm: SignatureAlgorithm, form: Canonicalization, layout: Layout): SignatureProfile {
  const references = layout === '#id' ? (['data'] as const) : (['document'] as const);
  return {
    ...findProfile('bhxh-xml')!,
    id: 'matrix',
    places: [{ root: 'GIAMDINHHS', path: layout === 'root' ? [] : ['CHUKYDONVI'], data: ['THONGTINHOSO'] }],
    algorithms: [algorithm],
    canonicalizations: [form, ...forms],
    signs: references,
    required: references,
  };
}

const small = change(claim, '<CHUKYDONVI/>', '<CHUKYDONVI></CHUKYDONVI>');
const large = change(claimOfSize(1_000_000), '<DANHSACH>', '<THONGTINHOSO Id="ho-so-1"/><DANHSACH>');

describe.each(['2 KB', '1 MB'])('signatures of %s', (size) => {
  const document = size === '2 KB' ? small : large;

  describe.each(algorithms)('%s', (algorithm) => {
    const places = forms.flatMap((form) => layouts.map((layout) => [form, layout] as const));

    test.each(places)('%s, %s: xmlsec1 and Java accept ours', async (form, layout) => {
      const key = keyFor(algorithm);
      const profile = profileFor(algorithm, form, layout);
      const signed = await sign(document, key.signer, { profile, now });
      const path = join(folder, 'ours.xml');
      writeFileSync(path, signed);
      const cell = { algorithm, form, layout, size, direction: 'ours' } as const;
      expect(await java.ask('verify', path)).toBe('true');
      cells.push({ ...cell, peer: 'Java', outcome: 'agree' });
      // A peer that does not know an algorithm must at least not accept it.
      expect(xmlsecVerifies(path, key.anchorPath)).toBe(!xmlsecCannot(algorithm));
      cells.push({ ...cell, peer: 'xmlsec1', outcome: xmlsecCannot(algorithm) ? 'unknown' : 'agree' });
      const swapped = Buffer.from(signed);
      const at =
        layout === '#id' ? swapped.indexOf('ho-so-1') : swapped.indexOf(size === '2 KB' ? '100000' : 'viên');
      swapped[at] = swapped[at]! ^ 1;
      writeFileSync(path, swapped);
      expect(await java.ask('verify', path)).not.toBe('true');
    });

    test.each(places)('%s, %s: we accept what Java and xmlsec1 sign', async (form, layout) => {
      const key = keyFor(algorithm);
      const profile = profileFor(algorithm, form, layout);
      const [input, output] = [join(folder, 'in.xml'), join(folder, 'theirs.xml')];
      const check = async () => {
        return verify(readFileSync(output), { profile, trust: { anchors: [key.anchor] }, now });
      };
      writeFileSync(input, document);
      const kind = algorithm.startsWith('ecdsa') ? 'EC' : 'RSA';
      const uris = [signatureAlgorithm(algorithm).uri, canonicalizationUris[form]];
      const place = layout === 'root' ? 'root' : 'CHUKYDONVI';
      const answer = await java.ask(
        'sign',
        input,
        output,
        key.keyPath,
        key.certificatePath,
        kind,
        ...uris,
        place,
        layout === '#id' ? '#ho-so-1' : '',
      );
      expect(answer).toBe('true');
      expect((await check()).reasons).toEqual([]);
      const cell = { algorithm, form, layout, size, direction: 'theirs' } as const;
      cells.push({ ...cell, peer: 'Java', outcome: 'agree' });
      cells.push({ ...cell, peer: 'xmlsec1', outcome: xmlsecCannot(algorithm) ? 'unknown' : 'agree' });
      if (xmlsecCannot(algorithm)) return;
      // Our own signature without its value is the template: xmlsec1 fills in digest and value.
      const signed = Buffer.from(await sign(document, key.signer, { profile, now })).toString('utf8');
      const template = signed
        .replace(/<DigestValue>.*?<\/DigestValue>/, '<DigestValue/>')
        .replace(/<SignatureValue>.*?<\/SignatureValue>/, '<SignatureValue/>')
        .replace(/<X509Certificate>.*?<\/X509Certificate>/, '<X509Certificate/>');
      writeFileSync(input, template);
      xmlsecSigns(input, output, key.keyPath, key.certificatePath);
      expect((await check()).reasons).toEqual([]);
    });
  });
});

test('every cell of the matrix was looked at, and the page about it says what was seen', () => {
  const count = algorithms.length * forms.length * layouts.length * ['2 KB', '1 MB'].length;
  expect(cells).toHaveLength(count * ['ours', 'theirs'].length * ['Java', 'xmlsec1'].length);
  const unknown = cells.filter(({ outcome }) => outcome === 'unknown');
  expect(new Set(unknown.map(({ algorithm, peer }) => `${peer} ${algorithm}`))).toEqual(
    new Set(xmlsecKnowsPss() ? [] : ['xmlsec1 rsa-pss-sha256']),
  );
  const path = new URL('../../../docs/signing-interop.md', import.meta.url);
  if (process.env['BHXH_UPDATE_DOCS'] === '1') writeFileSync(path, matrixPage(cells));
  if (!xmlsecKnowsPss()) expect(readFileSync(path, 'utf8')).toBe(matrixPage(cells));
});

/** xml-crypto has neither ECDSA nor SHA-384, and as an engine it refers to whole documents only, up to 256 KiB. */
const engineCells = (['rsa-sha256', 'rsa-pss-sha256'] as const).flatMap((algorithm) =>
  forms.flatMap((form) =>
    (['root', 'CHUKYDONVI'] as const).map((layout) => [algorithm, form, layout] as const),
  ),
);

test.each(engineCells)(
  'engine xml-crypto, %s, %s, %s: xmlsec1 and Java accept what it signs, it accepts what Java signs',
  async (algorithm, form, layout) => {
    const key = keyFor(algorithm);
    const profile = profileFor(algorithm, form, layout);
    const engine = 'xml-crypto' as const;
    const [input, output] = [join(folder, 'in.xml'), join(folder, 'engine.xml')];
    writeFileSync(output, await sign(small, key.signer, { profile, engine, now }));
    expect(await java.ask('verify', output)).toBe('true');
    if (!xmlsecCannot(algorithm)) expect(xmlsecVerifies(output, key.anchorPath)).toBe(true);
    writeFileSync(input, small);
    const uris = [signatureAlgorithm(algorithm).uri, canonicalizationUris[form]];
    const order = [input, output, key.keyPath, key.certificatePath, 'RSA', ...uris, layout, ''];
    expect(await java.ask('sign', ...order)).toBe('true');
    const result = await verify(readFileSync(output), {
      profile,
      engine,
      trust: { anchors: [key.anchor] },
      now,
    });
    expect(result.reasons).toEqual([]);
  },
);

test.each(forms)('xml-crypto accepts ours in %s form, and refuses it altered', async (form) => {
  const key = keyFor('rsa-sha256');
  const signed = Buffer.from(
    await sign(small, key.signer, { profile: profileFor('rsa-sha256', form, 'CHUKYDONVI'), now }),
  ).toString('utf8');
  const accepts = (text: string): boolean => {
    const reader = new SignedXml({
      publicCert: key.signer.certificate.toString(),
      getCertFromKeyInfo: () => null,
    });
    reader.loadSignature(/<Signature .*<\/Signature>/s.exec(text)![0]);
    try {
      return reader.checkSignature(text);
    } catch {
      return false;
    }
  };
  expect(accepts(signed)).toBe(true);
  expect(accepts(signed.replace('100000', '900000'))).toBe(false);
});
