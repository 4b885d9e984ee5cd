import { describe, expect, it } from 'vitest';
import { smallClaim } from '../../test/fault-gateway.ts';
import { openSpecifications } from '../specifications/index.ts';
import { identifyDocument, operationOf } from './submit.ts';

const identify = (text: string) => identifyDocument(Buffer.from(text));

describe('a document to be sent', () => {
  it('is a claim with its facility and MA_LK', () => {
    expect(identifyDocument(smallClaim(7))).toEqual({
      kind: 'claim',
      route: 'claim:3176',
      facility: '99001',
      key: 'LK000007',
    });
    expect(identifyDocument(smallClaim(7), { standard: '4750' }).route).toBe('claim:4750');
  });

  it('is the same claim when its tables stand in the file without base64', () => {
    const table = '<TONG_HOP><MA_LK>LK000007</MA_LK></TONG_HOP>';
    const claim = smallClaim(7).toString();
    for (const content of [table, `<![CDATA[${table}]]>`, table.replaceAll('<', '&lt;')]) {
      const plain = claim.replace(/(?<=<NOIDUNGFILE>)[^<]*/, content);
      expect(identify(plain).key).toBe('LK000007');
    }
  });

  it('takes the route of its kind', () => {
    expect(
      identify(
        '<CHI_TIEU_TRANG_THAI_KCB><DSACH_TRANG_THAI_KCB><TRANG_THAI_KCB><MA_LK>LK1</MA_LK>' +
          '<MA_CSKCB>99001</MA_CSKCB></TRANG_THAI_KCB></DSACH_TRANG_THAI_KCB></CHI_TIEU_TRANG_THAI_KCB>',
      ),
    ).toEqual({ kind: 'check-in', route: 'check-in:3176', facility: '99001', key: 'LK1' });
    const certificates = (type: string): string =>
      `<HSCHUNGTU><THONGTINDONVI><MACSKCB>99001</MACSKCB></THONGTINDONVI><THONGTINHOSO Id="a1"><DANHSACHHOSO>` +
      `<HOSO><FILEHOSO><LOAIHOSO>${type}</LOAIHOSO></FILEHOSO></HOSO></DANHSACHHOSO></THONGTINHOSO></HSCHUNGTU>`;
    expect(identify(certificates('CT03'))).toMatchObject({
      kind: 'certificates',
      route: 'certificates',
      key: 'a1',
    });
    expect(identify(certificates('GIAYBAOTU')).route).toBe('death-or-birth-paper:60');
    expect(identify(certificates('GIAYCHUNGSINH')).route).toBe('death-or-birth-paper:61');
    expect(identify('<CHI_TIEU_GIAM_DINH_YKHOA/>').route).toBe('medical-assessment');
  });

  it('is the catalogue whose list it holds', () => {
    for (const [code, { list }] of Object.entries(openSpecifications().catalogues())) {
      const identity = identify(`<HSDANHMUC><${list} Id="Id-1"/><CHUKYDONVI/></HSDANHMUC>`);
      expect(identity).toEqual({
        kind: 'catalogue',
        route: `catalogue:${code.slice(0, 2)}`,
        facility: '',
        key: 'Id-1',
      });
      expect(operationOf(identity.route).path).toContain(`GuiDanhMuc${code.slice(0, 2)}_`);
    }
  });

  it('is refused when the gateway has no route for it or it holds several claims', () => {
    const codeOf = (text: string): string => {
      try {
        return identify(text).route;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    const claim = smallClaim(1).toString();
    expect(codeOf(claim.replace('</HOSO>', '</HOSO><HOSO/>'))).toBe('ERR_ONE_CLAIM_PER_FILE');
    expect(codeOf(claim.replace('XML1', 'XML2'))).toBe('ERR_KEY_MISSING');
    expect(codeOf('<html/>')).toBe('ERR_KIND_UNKNOWN');
    expect(codeOf('<HSDANHMUC><OTHER/></HSDANHMUC>')).toBe('ERR_KIND_UNKNOWN');
    expect(codeOf('<!DOCTYPE a><a/>')).toBe('XML_DTD_FORBIDDEN');
  });
});

it('every route of the journal leads to an upload', () => {
  const routes = {
    'claim:3176': ['/api/qd130/guiHoSoXmlQD3176', '130'],
    'claim:130': ['/api/qd130/guiHoSoXmlQD130', '130'],
    'check-in:4750': ['/api/qd130/checkInKcbQd4750', '0'],
    'medical-assessment': ['/api/qd130/guiDuLieuGdykQd130', '12'],
    certificates: ['/api/chungtugw/GuiHoSoChungTu2025', '39'],
    'death-or-birth-paper:60': ['/api/hososuckhoe/guiGiayToDienTu', '60'],
    'catalogue:06': ['/api/DanhMucGW/GuiDanhMuc06_DMTBYT', '72'],
    'monthly-summary': ['/api/HoSoTongHop7980/GuiHoSoTongHop01BH', '5'],
  };
  for (const [route, expected] of Object.entries(routes)) {
    const { path, type } = operationOf(route);
    expect([path, type]).toEqual(expected);
  }
});
