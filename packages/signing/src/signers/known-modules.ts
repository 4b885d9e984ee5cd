// Names of PKCS#11 modules that public authorities and token makers install, seen in the field. A name found on disk is a
// candidate, not a recommendation: what is loaded is decided by the certificate its token holds.

/** Windows: looked for in System32; many drivers exist for one of the two word lengths only. */
const windows: readonly string[] = `
  vnptca_p11_v6 vnptca_p11_v7 vnptca_p11_v8 vnptca_p11_v9 vnptca_p11_v10 vnpt-ca_csp11
  vnpt-ca_v34 vnpt-ca_v4 vnpt-ca_cl_v1 viettel-ca viettel-ca_v1 viettel-ca_v2 viettel-ca_v3
  viettel-ca_v4 viettel-ca_v5 viettel-ca_v6 fpt-ca fpt-ca-stx fptca_v3 fptca_v4 fptca_v5 fptca_v6
  fpt-ca_v4 fpt-ca_v5 BkavCA BkavCAv2S BkavCAv25 BkavCAv2T bkavcaetoken st3csp11 CA2_csp11 CA2_v34 CA2CSP11_v2
  ca2_ace_csp11 ncca_csp11_v1 nca_v4 nca_v5 nca_v6 nca_v7 nca_v8 nca_v9 newca_v4 Vina-CA safe-ca
  Safe-ca_v1 safe-ca_v2 efy-ca_v1 fca_v1 misaca_csp11_v2 ica_csp11_v1 eps2003csp11 eps2003csp11v2
  ShuttleCsp11_3003 ngp11v211 eTPKCS11 IDPrimePKCS1164 WDPKCS aetpkss1 acospkcs11 bit4xpki
  opensc-pkcs11
`
  .trim()
  .split(/\s+/);

/** Windows: drivers with a folder of their own. */
const windowsFolders: readonly string[] = [
  'C:\\Program Files\\OpenSC Project\\OpenSC\\pkcs11\\opensc-pkcs11.dll',
  'C:\\SoftHSM2\\lib\\softhsm2-x64.dll',
];

const linux: readonly string[] = [
  '~/.uid/viettel-ca_v6.so',
  '/usr/lib/fptca_v4.so',
  '/usr/lib/libvnpt-pkcs11.so',
  '/usr/lib/libcastle.so',
  '/usr/lib/libeTPkcs11.so',
  '/usr/lib/opensc-pkcs11.so',
  '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so',
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/opensc-pkcs11.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
];

/** Where packages of Linux and BSD register their modules for p11-kit: one file for each, and where bare names are looked for. */
export const registrationFolders: readonly string[] = [
  '/etc/pkcs11/modules',
  '/usr/share/p11-kit/modules',
  '/usr/local/share/p11-kit/modules',
];
export const registeredModuleFolders: readonly string[] = [
  '/usr/lib/x86_64-linux-gnu/pkcs11',
  '/usr/lib/aarch64-linux-gnu/pkcs11',
  '/usr/lib64/pkcs11',
  '/usr/lib/pkcs11',
  '/usr/local/lib/pkcs11',
];

const mac: readonly string[] = [
  '/usr/local/lib/viettel-ca_v6.dylib',
  '/usr/local/lib/libcastle.1.0.0.dylib',
  '/usr/local/lib/libeTPkcs11.dylib',
  '/Library/OpenSC/lib/opensc-pkcs11.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
];

/** Full paths at which a module may be found on this kind of machine. */
export function knownModulePaths(machine: {
  readonly platform: string;
  readonly home: string;
  readonly systemRoot?: string;
}): readonly string[] {
  switch (machine.platform) {
    case 'win32': {
      const folder = `${machine.systemRoot ?? 'C:\\Windows'}\\System32`;
      return [...windows.map((name) => `${folder}\\${name}.dll`), ...windowsFolders];
    }
    case 'darwin':
      return mac;
    default:
      return linux.map((path) => path.replace('~', machine.home));
  }
}
