// Synthetic documents and identities shared by the tests of this package.
import { createDemoAuthority, createDemoIdentity, demoTaxCode, keyObjectSigner } from '../src/index.ts';
import type { DemoAuthority, DemoIdentity, DemoSubject, Signer } from '../src/index.ts';

export const today: Date = new Date('2026-11-21T03:00:00Z');
export const now = (): Date => today;

export const mst: string = demoTaxCode(1);

export const facility: DemoIdentity & { readonly authority: DemoAuthority } = createDemoIdentity({
  mst,
  name: 'Facility 99001',
  now,
});

export const signer: Signer = keyObjectSigner({
  key: facility.key,
  certificate: facility.certificate,
  chain: facility.chain,
  label: 'test',
});

export function identityOf(subject: Partial<DemoSubject>): {
  readonly signer: Signer;
  readonly identity: DemoIdentity;
  readonly authority: DemoAuthority;
} {
  const authority = createDemoAuthority({ now });
  const identity = authority.issue({ mst, name: 'Facility 99002', ...subject });
  const signer = keyObjectSigner({ key: identity.key, certificate: identity.certificate, label: 'test' });
  return { signer, identity, authority };
}

export const claim: Buffer = Buffer.from(
  '<?xml version="1.0" encoding="utf-8"?>\n' +
    '<GIAMDINHHS xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">\n' +
    '  <THONGTINDONVI><MACSKCB>99001</MACSKCB></THONGTINDONVI>\n' +
    '  <THONGTINHOSO Id="ho-so-1"><NGAYLAP>20261120</NGAYLAP><SOLUONGHOSO>1</SOLUONGHOSO>' +
    '<DANHSACHHOSO><HOSO><FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE>UEhPTkc=</NOIDUNGFILE></FILEHOSO></HOSO></DANHSACHHOSO>' +
    '<GHI_CHU muc="1">Bệnh nhân &amp; người nhà <![CDATA[<đơn>]]></GHI_CHU><T_BHTT>100000</T_BHTT></THONGTINHOSO>\n' +
    '  <CHUKYDONVI/>\n' +
    '</GIAMDINHHS>\n',
);

/** A claim of about so many bytes. */
export function claimOfSize(bytes: number): Buffer {
  const row = '<CHI_TIET><TEN_THUOC>Paracetamol viên nén</TEN_THUOC><SO_LUONG>10</SO_LUONG></CHI_TIET>\n';
  const count = Math.max(1, Math.floor(bytes / Buffer.byteLength(row)));
  return Buffer.from(
    `<GIAMDINHHS xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><DANHSACH>${row.repeat(count)}</DANHSACH><CHUKYDONVI></CHUKYDONVI></GIAMDINHHS>`,
  );
}

/** Replaces the only occurrence of `before`; a mutation that changes nothing proves nothing. */
export function change(document: Uint8Array, before: string, after: string): Buffer {
  const text = Buffer.from(document).toString('utf8');
  const at = text.indexOf(before);
  if (at === -1) throw new Error(`not in the document: ${before}`);
  return Buffer.from(text.slice(0, at) + after + text.slice(at + before.length), 'utf8');
}
