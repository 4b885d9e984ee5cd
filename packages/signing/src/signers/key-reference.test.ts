import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseKeyReference } from './key-reference.ts';
import { tokenUri } from './token-uri.ts';

const codeOf = (text: string): unknown => {
  try {
    parseKeyReference(text);
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('everything after file: is the path, drive letters, spaces and percent signs included', () => {
  for (const path of ['C:\\keys\\demo.p12', '/tmp/a b%41.pem', 'x.p12']) {
    expect(parseKeyReference(`file:${path}`)).toEqual({ kind: 'file', path });
  }
});

test('a token URI chooses by token, serial, object and id, and names its module', () => {
  expect(
    parseKeyReference(
      'pkcs11:token=Ch%E1%BB%A9ng%20th%C6%B0;serial=01;id=%a1%B2;object=k;type=private;slot-id=7?module-path=/usr/lib/x.so',
    ),
  ).toEqual({
    kind: 'pkcs11',
    uri: {
      token: 'Chứng thư',
      serial: '01',
      id: Uint8Array.of(0xa1, 0xb2),
      object: 'k',
      slotId: 7,
      modulePath: '/usr/lib/x.so',
    },
  });
});

test('slots, libraries and modules can be named too, Windows paths typed as they are or percent-encoded', () => {
  for (const path of [
    'C:\\Windows\\System32\\viettel-ca_v6.dll',
    'D:/drivers/x.dll',
    '\\\\server\\share\\x.dll',
  ]) {
    for (const written of [path, encodeURIComponent(path)]) {
      expect(
        parseKeyReference(
          `pkcs11:slot-description=Reader%200;slot-manufacturer=A;library-manufacturer=B;library-description=C;library-version=3?module-name=softhsm2&module-path=${written}`,
        ),
      ).toEqual({
        kind: 'pkcs11',
        uri: {
          slotDescription: 'Reader 0',
          slotManufacturer: 'A',
          libraryManufacturer: 'B',
          libraryDescription: 'C',
          libraryVersion: '3.0',
          moduleName: 'softhsm2',
          modulePath: path,
        },
      });
    }
  }
});

test('the reference that is shown for a token is read back as that token', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array({ minLength: 1, maxLength: 20 }),
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.constantFrom('/usr/lib/', 'C:\\a b\\', '\\\\server\\'),
      (label, serial, id, object, folder) => {
        const module = `${folder}${label.replaceAll('\\', '')}x`;
        const text = tokenUri({ label, serial, module, id: Buffer.from(id).toString('hex'), object });
        expect(parseKeyReference(text)).toEqual({
          kind: 'pkcs11',
          uri: { token: label, serial, id, object, modulePath: module },
        });
      },
    ),
  );
});

test('a bare token URI chooses any token', () => {
  expect(parseKeyReference('pkcs11:')).toEqual({ kind: 'pkcs11', uri: {} });
});

test('a remote key is a name', () => {
  expect(parseKeyReference('remote:smart-ca_1')).toEqual({ kind: 'remote', name: 'smart-ca_1' });
});

describe('refused references', () => {
  test.each([
    '',
    'x.p12',
    'file:',
    'remote:',
    'remote:a b',
    'http://127.0.0.1/',
    'pkcs11:token',
    'pkcs11:token=a;token=b',
    'pkcs11:id=%zz',
    'pkcs11:id=%4',
    'pkcs11:token=%ff',
    'pkcs11:slot-id=x',
    'pkcs11:type=secret-key',
    'pkcs11:unknown=1',
    'pkcs11:?a=b',
    'pkcs11:?module-path=a?b',
    'pkcs11:?module-path=x.so',
    'pkcs11:?module-path=../x.so',
    'pkcs11:?module-path=C:x.dll',
    'pkcs11:?module-path=',
    'pkcs11:?module-name=',
    'pkcs11:?module-name=/usr/lib/x',
    'pkcs11:library-version=new',
  ])('%j is a wrong reference', (text) => {
    expect(codeOf(text)).toBe('ERR_KEY_REFERENCE');
  });

  test('a PIN in the URI is refused and not repeated', () => {
    for (const text of ['pkcs11:token=a?pin-value=13579', 'pkcs11:token=a?pin-source=file:13579']) {
      expect(codeOf(text)).toBe('ERR_KEY_REFERENCE_SECRET');
      expect(() => parseKeyReference(text)).toThrow(/^((?!13579).)*$/);
    }
  });
});
