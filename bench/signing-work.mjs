// One measured piece of signing in a process of its own; prints what it measured as JSON.
import { execFileSync } from 'node:child_process';
import { createPrivateKey, sign as signBytes, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createDemoAuthority,
  demoTaxCode,
  keyObjectSigner,
  openKey,
  sign,
  signMany,
  verify,
} from '@bhxh/signing';
import pkcs11js from 'pkcs11js';

const [mode, folder, size, countText] = process.argv.slice(2);
const count = Number(countText);
const now = () => new Date();
const profile = 'bhxh-xml';
const path = (name) => join(folder, name);

/** A claim-shaped document of about so many bytes, a tag every 42 of them; the number makes it differ from all others. */
function documentOf(bytes, number) {
  const row = (at) =>
    `<CHI_TIET_THUOC><MA_LK>HS${number}-${at}</MA_LK><MA_THUOC>40.${at % 997}</MA_THUOC>` +
    `<TEN_THUOC>Paracetamol ${at % 650} mg, viên nén bao phim, hộp 10 vỉ x 10 viên, số lô ${at % 7919}</TEN_THUOC>` +
    `<HAM_LUONG>${at % 650} mg; tương đương ${at % 13} viên mỗi ngày, chia đều hai lần</HAM_LUONG>` +
    `<SO_LUONG>${at % 30}</SO_LUONG><THANH_TIEN>${(at * 1300) % 90001}</THANH_TIEN>` +
    `<LIEU_DUNG>Uống sau bữa ăn, ngày hai lần, mỗi lần một viên, trong ${at % 10} ngày; không dùng chung với rượu</LIEU_DUNG>` +
    '<GHI_CHU>Người bệnh đã được giải thích về tác dụng không mong muốn và hẹn tái khám sau khi hết thuốc, mang theo đơn này cùng kết quả xét nghiệm gần nhất</GHI_CHU>' +
    `<TEN_BAC_SI>Bác sĩ Tổng Hợp Thứ ${at % 40}, khoa Nội tổng hợp và Lão khoa, Bệnh viện Thử Nghiệm</TEN_BAC_SI></CHI_TIET_THUOC>\n`;
  const opening =
    '<?xml version="1.0" encoding="utf-8"?>\n<GIAMDINHHS xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<THONGTINHOSO><SOLUONGHOSO>${number}</SOLUONGHOSO>\n`;
  const closing = '</THONGTINHOSO><CHUKYDONVI></CHUKYDONVI></GIAMDINHHS>\n';
  const parts = [Buffer.from(opening)];
  for (let at = 1, length = opening.length + closing.length; length < bytes; at += 1) {
    parts.push(Buffer.from(row(at)));
    length += parts.at(-1).length;
  }
  return Buffer.concat([...parts, Buffer.from(closing)]);
}

const bytesOf = { '2k': 2_000, '1m': 1_048_000, '20m': 20_971_000 };
/** Small documents come in many, as they do in life: none is seen twice in a row. */
const variants = { '2k': 256, '1m': 4, '20m': 1 };

function documents() {
  // Building a large document takes more memory than signing it.
  if (variants[size] === 1) return [readFileSync(path(`${size}.xml`))];
  return Array.from({ length: variants[size] }, (_, number) => documentOf(bytesOf[size], number + 1));
}

function signer() {
  const certificate = new X509Certificate(readFileSync(path('certificate.pem')));
  return keyObjectSigner({
    key: createPrivateKey(readFileSync(path('key.pem'))),
    certificate,
    label: 'bench',
  });
}

/** Keys, documents for us, and the same ones as xmlsec1 wants them: signed, and with an empty signature to be filled in. */
async function prepare() {
  const authority = createDemoAuthority({ now });
  const identity = authority.issue({ mst: demoTaxCode(1), name: 'Facility 99001' });
  writeFileSync(path('key.pem'), identity.keyPem);
  writeFileSync(path('certificate.pem'), identity.certificatePem);
  writeFileSync(path('anchor.pem'), authority.certificatePem);
  const described = {};
  for (const name of Object.keys(bytesOf)) {
    const document = documentOf(bytesOf[name], 1);
    const signed = await sign(document, signer(), { profile, now });
    writeFileSync(path(`${name}.xml`), document);
    writeFileSync(path(`${name}.signed.xml`), signed);
    const text = Buffer.from(signed).toString('utf8');
    const emptied = ['DigestValue', 'SignatureValue', 'X509Certificate'].reduce(
      (before, element) => before.replace(new RegExp(`<${element}>[^<]*</${element}>`), `<${element}/>`),
      text,
    );
    writeFileSync(path(`${name}.template.xml`), emptied);
    described[name] = {
      bytes: document.length,
      bytesPerTag: document.length / (document.toString('latin1').split('<').length - 1),
    };
  }
  return described;
}

const seconds = () => Number(process.hrtime.bigint()) / 1e9;

/** Seconds for one round trip of `work` over all inputs, each after `warm` rounds that do not count. */
async function perItem(inputs, warm, task) {
  for (let at = 0; at < warm; at += 1) await task(inputs[at % inputs.length]);
  const begun = seconds();
  for (let at = 0; at < count; at += 1) await task(inputs[at % inputs.length]);
  return { seconds: (seconds() - begun) / count };
}

const warmUp = { '2k': 3000, '1m': 20, '20m': 2 };

async function signing() {
  const key = signer();
  // The result is let go of before the next one is begun, so that the peak is that of one document.
  return perItem(documents(), warmUp[size], async (document) => {
    await sign(document, key, { profile, now });
  });
}

async function verifying() {
  const key = signer();
  const trust = { anchors: [new X509Certificate(readFileSync(path('anchor.pem')))] };
  const signed = [];
  for (const document of documents()) signed.push(await sign(document, key, { profile, now }));
  return perItem(signed, warmUp[size], async (document) => {
    const { verdict, reasons } = await verify(document, { profile, trust, now });
    if (verdict !== 'valid') throw new Error(`verified as ${verdict}: ${reasons.map(({ code }) => code)}`);
  });
}

/** Alternates slices of complete signatures and of bare ones in one process, so that both meet the same machine. */
async function signBesideBareKey() {
  const key = signer();
  const bare = createPrivateKey(readFileSync(path('key.pem')));
  const inputs = documents();
  let at = 0;
  const slice = async (task) => {
    const begun = seconds();
    for (let done = 0; done < 200; done += 1) await task(inputs[at++ % inputs.length]);
    return (seconds() - begun) / 200;
  };
  const ours = () => slice((document) => sign(document, key, { profile, now }));
  const theirs = () => slice((document) => signBytes('sha256', document, bare));
  for (let warm = 0; warm < warmUp['2k']; warm += 200) await ours();
  await theirs();
  const pairs = [];
  for (let round = 0; round < count; round += 1) pairs.push([await ours(), await theirs()]);
  return { pairs };
}

const softhsm =
  [
    process.env.SOFTHSM2_LIB ?? '',
    '/usr/lib/softhsm/libsofthsm2.so',
    '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
    '/opt/homebrew/lib/softhsm/libsofthsm2.so',
  ].find((candidate) => candidate !== '' && existsSync(candidate)) ?? 'libsofthsm2.so';
const label = 'bench';
const pin = '24681357';

/** A token with the key and certificate of `prepare`. */
function prepareToken() {
  mkdirSync(path('tokens'));
  writeFileSync(
    path('softhsm2.conf'),
    `directories.tokendir = ${path('tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  process.env.SOFTHSM2_CONF = path('softhsm2.conf');
  const run = (...words) =>
    execFileSync('softhsm2-util', ['--module', softhsm, ...words, '--pin', pin], { stdio: 'ignore' });
  run('--init-token', '--free', '--label', label, '--so-pin', '12345678');
  run('--import', path('key.pem'), '--token', label, '--label', 'key', '--id', 'a1b2');
  const { library, slot } = bareToken();
  const session = library.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION);
  library.C_Login(session, pkcs11js.CKU_USER, pin);
  library.C_CreateObject(session, [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_CERTIFICATE },
    { type: pkcs11js.CKA_CERTIFICATE_TYPE, value: pkcs11js.CKC_X_509 },
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_PRIVATE, value: false },
    { type: pkcs11js.CKA_ID, value: Buffer.from('a1b2', 'hex') },
    { type: pkcs11js.CKA_LABEL, value: 'key' },
    { type: pkcs11js.CKA_SUBJECT, value: Buffer.from('3000', 'hex') },
    { type: pkcs11js.CKA_VALUE, value: new X509Certificate(readFileSync(path('certificate.pem'))).raw },
  ]);
  return {};
}

function bareToken() {
  process.env.SOFTHSM2_CONF = path('softhsm2.conf');
  const library = new pkcs11js.PKCS11();
  library.load(softhsm);
  library.C_Initialize({ flags: pkcs11js.CKF_OS_LOCKING_OK });
  const slot = library
    .C_GetSlotList(true)
    .find((one) => library.C_GetTokenInfo(one).label.trimEnd() === label);
  return { library, slot };
}

/** Alternates documents signed through the token with bare C_Sign calls, both with `size` sessions in one process. */
async function signBesideBareToken() {
  const sessions = Number(size);
  const { library, slot } = bareToken();
  const open = Array.from({ length: sessions }, () =>
    library.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION),
  );
  library.C_Login(open[0], pkcs11js.CKU_USER, pin);
  library.C_FindObjectsInit(open[0], [{ type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PRIVATE_KEY }]);
  const [bare] = library.C_FindObjects(open[0], 1);
  library.C_FindObjectsFinal(open[0]);
  const key = await openKey(`pkcs11:token=${label}`, {
    module: softhsm,
    loader: 'pkcs11js',
    pin: async () => Buffer.from(pin),
    sessions,
  });
  const inputs = Array.from({ length: 240 }, (_, number) => ({
    id: String(number),
    xml: documentOf(bytesOf['2k'], number + 1),
  }));
  const data = Buffer.alloc(600, 'x');
  const mechanism = { mechanism: pkcs11js.CKM_SHA256_RSA_PKCS };
  const timed = async (task) => {
    const begun = seconds();
    await task();
    return (seconds() - begun) / inputs.length;
  };
  const ours = () =>
    timed(async () => {
      for await (const { error } of signMany(inputs, key, { profile, now, concurrency: 8 * sessions }))
        if (error !== undefined) throw error;
    });
  const theirs = () =>
    timed(() => {
      let left = inputs.length;
      return Promise.all(
        open.map(async (session) => {
          while (left-- > 0) {
            library.C_SignInit(session, mechanism, bare);
            await library.C_SignAsync(session, data, Buffer.alloc(256));
          }
        }),
      );
    });
  for (let warm = 0; warm < warmUp['2k']; warm += inputs.length) await ours();
  await theirs();
  const pairs = [];
  for (let round = 0; round < count; round += 1) pairs.push([await ours(), await theirs()]);
  await key.close();
  return { pairs };
}

const work = {
  prepare,
  sign: signing,
  verify: verifying,
  beside: signBesideBareKey,
  prepareToken,
  token: signBesideBareToken,
};
console.log(JSON.stringify(await work[mode]()));
