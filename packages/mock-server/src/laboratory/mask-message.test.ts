import { expect, it } from 'vitest';
import { maskBody, maskHeaders, maskQuery } from './mask-message.ts';

it('shows neither credentials nor people, wherever they stand', () => {
  const headers = maskHeaders(
    new Headers({ Authorization: 'Bearer abc', passwordHash: 'ABC', 'x-bhxh-scenario': 'success' }),
  );
  expect(headers).toEqual({ authorization: '***', passwordhash: '***', 'x-bhxh-scenario': 'success' });
  const query = maskQuery(new URLSearchParams('token=abc&id_token=x&username=99001_BV&password=ABC'));
  expect(query).toBe('?token=***&id_token=***&username=99001_BV&password=***');
  const form = new URLSearchParams({
    maThe: 'DN4999900000000',
    hoTen: 'Ai Đó',
    maCSKCB: '99001',
    fileHSBase64: 'A'.repeat(500),
  });
  expect(maskBody(Buffer.from(form.toString()), 'application/x-www-form-urlencoded')).toBe(
    'maThe=***&hoTen=***&maCSKCB=99001&fileHSBase64=(500 characters)',
  );
  const json = {
    APIKey: { access_token: 'secret' },
    ghiChu: 'thẻ DN4999900000000',
    list: [{ hoTen: 'Ai Đó' }],
  };
  const shown = maskBody(Buffer.from(JSON.stringify(json)), 'application/json; charset=utf-8');
  expect(JSON.parse(shown)).toEqual({
    APIKey: { access_token: '***' },
    ghiChu: 'thẻ DN**********000',
    list: [{ hoTen: '***' }],
  });
});

it('tells of other bodies their size alone, and of broken ones too', () => {
  expect(maskBody(Buffer.from('<a>Ai Đó</a>'), 'application/xml')).toBe('(14 bytes, application/xml)');
  expect(maskBody(Buffer.from('{'), 'application/json')).toBe('(1 bytes, no JSON)');
  expect(maskBody(Buffer.from('x'), null)).toBe('(1 bytes, no type)');
  expect(maskBody(Buffer.alloc(0), 'application/json')).toBe('');
});
