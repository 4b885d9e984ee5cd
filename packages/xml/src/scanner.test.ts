import { describe, expect, it } from 'vitest';
import {
  decodeText,
  defaultXmlLimits,
  scan,
  XmlError,
  XmlNames,
  XmlScanner,
  type ScanOptions,
} from './index.ts';

function errorOf(document: string | Uint8Array, options?: ScanOptions): XmlError | undefined {
  try {
    scan(typeof document === 'string' ? Buffer.from(document) : document, {}, options);
    return undefined;
  } catch (error) {
    if (error instanceof XmlError) return error;
    throw error;
  }
}

function codeOf(document: string | Uint8Array, options?: ScanOptions): string | undefined {
  return errorOf(document, options)?.code;
}

function bytesIn(...parts: (string | number[])[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part as never)));
}

describe('encoding', () => {
  it.each([
    ['UTF-16 LE with mark', bytesIn([0xff, 0xfe], Buffer.from('<a/>', 'utf16le').toString('latin1'))],
    ['UTF-16 LE without mark', Buffer.from('<a/>', 'utf16le')],
    ['UTF-16 BE with mark', Buffer.from('\ufeff<a/>', 'utf16le').swap16()],
    ['UTF-16 BE without mark', Buffer.from('<a/>', 'utf16le').swap16()],
    ['UTF-32 LE', Buffer.from([0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0])],
    ['UTF-32 BE', Buffer.from([0, 0, 0, 0x3c, 0, 0, 0, 0x61])],
    ['EBCDIC', Buffer.from([0x4c, 0x6f, 0xa7, 0x94, 0x93])],
    ['UTF-7 with mark', Buffer.from('+/v8-<a/>')],
    ['a declared other encoding', Buffer.from('<?xml version="1.0" encoding="windows-1258"?><a/>')],
  ])('%s is ENCODING_NOT_UTF8', (_name, bytes) => {
    expect(codeOf(bytes)).toBe('ENCODING_NOT_UTF8');
  });

  it.each(['UTF-8', 'utf-8', 'Utf-8'])('the declared encoding %s is accepted', (name) => {
    expect(codeOf(`<?xml version="1.0" encoding="${name}" standalone='yes' ?>\n<a/>`)).toBeUndefined();
  });

  it('reports a byte order mark, or refuses it when asked to', () => {
    const bytes = Buffer.from('\ufeff<?xml version="1.0"?><a/>');
    let hasMark: boolean | undefined;
    scan(bytes, { startElement: (scanner) => void (hasMark = scanner.hasByteOrderMark) });
    expect(hasMark).toBe(true);
    expect(codeOf(bytes, { byteOrderMark: 'refuse' })).toBe('ENCODING_NOT_UTF8');
    expect(codeOf('<a/>', { byteOrderMark: 'refuse' })).toBeUndefined();
    expect(codeOf('\ufeff\ufeff<a/>')).toBe('XML_NOT_WELL_FORMED');
  });

  it.each([
    ['an overlong sequence', [0xc0, 0xaf]],
    ['an overlong sequence of three', [0xe0, 0x80, 0xaf]],
    ['an overlong sequence of four', [0xf0, 0x80, 0x80, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a code point beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a lone continuation byte', [0x80]],
    ['a cut sequence', [0xe1, 0xba]],
    ['U+FFFE', [0xef, 0xbf, 0xbe]],
    ['U+FFFF', [0xef, 0xbf, 0xbf]],
    ['NUL', [0]],
    ['a control character', [0x1f]],
  ])('%s is XML_CHAR wherever it stands', (_name, bad) => {
    expect(codeOf(bytesIn('<a>đ', bad, '</a>'))).toBe('XML_CHAR');
    expect(codeOf(bytesIn('<a b="', bad, '"/>'))).toBe('XML_CHAR');
    expect(codeOf(bytesIn('<a><![CDATA[', bad, ']]></a>'))).toBe('XML_CHAR');
    expect(codeOf(bytesIn('<a><!--', bad, '--></a>'))).toBe('XML_CHAR');
    expect(codeOf(bytesIn('<a', bad, '/>'))).toBe('XML_CHAR');
    expect(codeOf(bytesIn('<', bad, 'a/>'))).toBe('XML_CHAR');
    expect(codeOf(bytesIn('<a/>\n', bad))).toBe('XML_CHAR');
    expect(codeOf(bytesIn('\n\n\n\n', bad, '<a/>'))).toBe('XML_CHAR');
    expect(codeOf(bytesIn('<a></a', bad, '>'))).toBe('XML_CHAR');
  });

  it('names the place of bytes in an old Vietnamese encoding', () => {
    const error = errorOf(bytesIn('<a>\n <b>Nguy', [0xd4], 'n</b></a>'));
    expect(error).toMatchObject({
      code: 'XML_CHAR',
      position: { offset: 12, line: 2, column: 9 },
      detail: 'utf-8',
    });
  });

  it('accepts the characters at the borders', () => {
    expect(
      codeOf('<a>\t\n\r \x7f\u0080\ud7ff\ue000\ufdd0\ufffd\u{10000}\u{10ffff}&#xFFFD;&#x10FFFF;</a>'),
    ).toBeUndefined();
  });
});

describe('what is refused', () => {
  it.each([
    ['XML_ROOT_COUNT', ''],
    ['XML_ROOT_COUNT', '\ufeff'],
    ['XML_ROOT_COUNT', ' \n '],
    ['XML_ROOT_COUNT', '<?xml version="1.0"?>'],
    ['XML_ROOT_COUNT', '<!-- c -->'],
    ['XML_ROOT_COUNT', '<a/><b/>'],
    ['XML_ROOT_COUNT', '<a></a>\n<a></a>'],
    ['XML_NOT_WELL_FORMED', '<a/>x'],
    ['XML_NOT_WELL_FORMED', 'x<a/>'],
    ['XML_NOT_WELL_FORMED', '<a/>&amp;'],
    ['XML_NOT_WELL_FORMED', '<a/><![CDATA[]]>'],
    ['XML_NOT_WELL_FORMED', '<a>'],
    ['XML_NOT_WELL_FORMED', '<a'],
    ['XML_NOT_WELL_FORMED', '<'],
    ['XML_NOT_WELL_FORMED', '</a>'],
    ['XML_NOT_WELL_FORMED', '<a></b>'],
    ['XML_NOT_WELL_FORMED', '<a></ab>'],
    ['XML_NOT_WELL_FORMED', '<ab></a>'],
    ['XML_NOT_WELL_FORMED', '<a></a b="1">'],
    ['XML_NOT_WELL_FORMED', '<a></ a>'],
    ['XML_NOT_WELL_FORMED', '< a/>'],
    ['XML_NOT_WELL_FORMED', '<1a/>'],
    ['XML_NOT_WELL_FORMED', '<a×/>'],
    ['XML_NOT_WELL_FORMED', '<·a/>'],
    ['XML_NOT_WELL_FORMED', '<a/ >'],
    ['XML_NOT_WELL_FORMED', '<a b/>'],
    ['XML_NOT_WELL_FORMED', '<a b=1/>'],
    ['XML_NOT_WELL_FORMED', '<a b="<"/>'],
    ['XML_NOT_WELL_FORMED', '<a b="1"c="2"/>'],
    ['XML_NOT_WELL_FORMED', '<a b="&amp"/>'],
    ['XML_NOT_WELL_FORMED', '<a>]]></a>'],
    ['XML_NOT_WELL_FORMED', '<a>]]]></a>'],
    ['XML_NOT_WELL_FORMED', '<a>&</a>'],
    ['XML_NOT_WELL_FORMED', '<a>& </a>'],
    ['XML_NOT_WELL_FORMED', '<a>&#;</a>'],
    ['XML_NOT_WELL_FORMED', '<a>&#x;</a>'],
    ['XML_NOT_WELL_FORMED', '<a>&#X41;</a>'],
    ['XML_NOT_WELL_FORMED', '<a>&#4a;</a>'],
    ['XML_NOT_WELL_FORMED', '<a><!-- -- --></a>'],
    ['XML_NOT_WELL_FORMED', '<a><!----->--></a>'],
    ['XML_NOT_WELL_FORMED', '<a><!- --></a>'],
    ['XML_NOT_WELL_FORMED', '<a><![cdata[]]></a>'],
    ['XML_NOT_WELL_FORMED', '<a><!></a>'],
    ['XML_NOT_WELL_FORMED', '<?xml?><a/>'.replace('?><', ' ?><')],
    ['XML_NOT_WELL_FORMED', '<?xml version="1.1"?><a/>'],
    ['XML_NOT_WELL_FORMED', '<?xml version="1.0" standalone="maybe"?><a/>'],
    ['XML_NOT_WELL_FORMED', '<?xml encoding="utf-8"?><a/>'],
    ['XML_NOT_WELL_FORMED', '<?xml version="1.0" standalone="yes" encoding="utf-8"?><a/>'],
    ['XML_NOT_WELL_FORMED', '<?xml version="1.0" version="1.0"?><a/>'],
    ['XML_NOT_WELL_FORMED', '<?xml version="1.0"encoding="utf-8"?><a/>'],
    ['XML_NOT_WELL_FORMED', '<?xml version="1.0" ?'],
    ['XML_CHAR', '<a>&#0;</a>'],
    ['XML_CHAR', '<a>&#x1F;</a>'],
    ['XML_CHAR', '<a>&#xD800;</a>'],
    ['XML_CHAR', '<a>&#xFFFE;</a>'],
    ['XML_CHAR', '<a>&#x110000;</a>'],
    ['XML_CHAR', '<a b="&#99999999999999999999;"/>'],
    ['XML_ENTITY_FORBIDDEN', '<a>&nbsp;</a>'],
    ['XML_ENTITY_FORBIDDEN', '<a>&constructor;</a>'],
    ['XML_ENTITY_FORBIDDEN', '<a b="&AMP;"/>'],
    ['XML_DTD_FORBIDDEN', '<!DOCTYPE a><a/>'],
    ['XML_DTD_FORBIDDEN', '<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
    ['XML_DTD_FORBIDDEN', '<!doctype html><html></html>'],
    ['XML_DTD_FORBIDDEN', '<!DOCTYPE a [<!ENTITY x "x"><!ENTITY y "&x;&x;">]><a>&y;</a>'],
    ['XML_DTD_FORBIDDEN', '<a><!ENTITY x "y"></a>'],
    ['XML_PI_FORBIDDEN', '<?xml-stylesheet href="x"?><a/>'],
    ['XML_PI_FORBIDDEN', '<a>1<?x 00?></a>'],
    ['XML_PI_FORBIDDEN', '<a/><?x?>'],
    ['XML_PI_FORBIDDEN', ' <?xml version="1.0"?><a/>'],
    ['XML_PI_FORBIDDEN', '<?xml version="1.0"?><?xml version="1.0"?><a/>'],
    ['XML_PI_FORBIDDEN', '<?XML version="1.0"?><a/>'],
    ['XML_ATTRIBUTE_DUPLICATE', '<a b="1" b="2"/>'],
    ['XML_ATTRIBUTE_DUPLICATE', '<a xmlns="urn:a" xmlns="urn:a"/>'],
    ['XML_ATTRIBUTE_DUPLICATE', '<a xmlns:p="urn:a" xmlns:q="urn:a" p:b="1" q:b="2"/>'],
    [
      'XML_ATTRIBUTE_DUPLICATE',
      `<a ${Array.from({ length: 20 }, (_, index) => `b${index}=""`).join(' ')} b3=""/>`,
    ],
    ['XML_NAMESPACE', '<p:a/>'],
    ['XML_NAMESPACE', '<a p:b=""/>'],
    ['XML_NAMESPACE', '<a><b xmlns:p="urn:p"/><p:c/></a>'],
    ['XML_NAMESPACE', '<:a/>'],
    ['XML_NAMESPACE', '<a:/>'],
    ['XML_NAMESPACE', '<a:b:c xmlns:a="urn:a"/>'],
    ['XML_NAMESPACE', '<p:1 xmlns:p="urn:p"/>'],
    ['XML_NAMESPACE', '<a xmlns:p=""/>'],
    ['XML_NAMESPACE', '<a xmlns:xml="urn:x"/>'],
    ['XML_NAMESPACE', '<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>'],
    ['XML_NAMESPACE', '<a xmlns="http://www.w3.org/XML/1998/namespace"/>'],
    ['XML_NAMESPACE', '<a xmlns:xmlns="urn:x"/>'],
    ['XML_NAMESPACE', '<a xmlns="http://www.w3.org/2000/xmlns/"/>'],
    ['XML_NAMESPACE', '<xmlns:a/>'],
    ['XML_NAMESPACE', `<a xmlns="urn:${'x'.repeat(600)}"/>`],
  ])('%s: %s', (code, document) => {
    expect(codeOf(document)).toBe(code);
  });

  it.each([
    '<a/>',
    '<?xml version="1.0"?><a/>',
    "<?xml\tversion = '1.0'\r\n?><a/>",
    '<!-- before --><a/><!-- after -->\n',
    '<a xmlns="urn:a"><b xmlns=""/></a>',
    '<a xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:lang="vi"/>',
    '<a xmlns:p="urn:p" p:b="1" b="2"/>',
    '<a xmlns:p="urn:p"><p:b xmlns:p="urn:q" p:c=""/></a>',
    '<đơn_vị ngày="1"/>',
    '<a.-·1/>',
    '<xmlnsevil xmlnsevil="1"/>',
    '<a>]] ]> > " \'</a>',
    '<a b=">]]>"/>',
    '<a><![CDATA[<&]]]]></a>',
    '<a><!-- <b> & - --></a>',
    '<a  b = "1"\n></a\t>',
  ])('accepts %s', (document) => {
    expect(codeOf(document)).toBeUndefined();
  });

  it('finds a second equal id only when ids are asked for', () => {
    for (const [first, second] of [
      ['Id', 'Id'],
      ['Id', 'ID'],
      ['ID', 'id'],
      ['id', 'xml:id'],
      ['p:Id', 'id'],
    ]) {
      const document = `<a xmlns:p="urn:p"><b ${first}="x"/><b ${second}="&#120;"/></a>`;
      expect(codeOf(document)).toBeUndefined();
      expect(codeOf(document, { idAttributes: true })).toBe('XML_ID_DUPLICATE');
    }
    expect(codeOf('<a Id="x" iD="x" xmlns:id="x"/>', { idAttributes: true })).toBeUndefined();
  });

  it('stops at a billion laughs before reading on', () => {
    const laughs = Buffer.from(
      `<?xml version="1.0"?>\n<!DOCTYPE lolz [${'<!ENTITY l "&l;&l;">'.repeat(100)}]><a>&l;</a>`,
    );
    expect(errorOf(laughs)).toMatchObject({
      code: 'XML_DTD_FORBIDDEN',
      position: { offset: 22, line: 2, column: 1 },
    });
  });
});

describe('limits', () => {
  it('has the limits of a file as its own', () => {
    expect(defaultXmlLimits).toMatchObject({
      depth: 64,
      attributes: 64,
      nameBytes: 128,
      elements: 2_000_000,
    });
  });

  it('holds the depth, without using up the stack', () => {
    expect(codeOf('<a>'.repeat(64) + '</a>'.repeat(64))).toBeUndefined();
    expect(errorOf('<a>'.repeat(65))).toMatchObject({
      code: 'XML_DEPTH',
      detail: '64',
      position: { offset: 192 },
    });
    expect(codeOf('<a>'.repeat(1_000_000))).toBe('XML_DEPTH');
    expect(codeOf('<a>'.repeat(500) + '</a>'.repeat(500), { limits: { depth: 500 } })).toBeUndefined();
  });

  it('holds the number of attributes', () => {
    const tag = (count: number): string =>
      `<a ${Array.from({ length: count }, (_, index) => `b${index}=""`).join(' ')}/>`;
    expect(codeOf(tag(64))).toBeUndefined();
    expect(codeOf(tag(65))).toBe('XML_ATTRIBUTE_COUNT');
    expect(codeOf(tag(300), { limits: { attributes: 300 } })).toBeUndefined();
  });

  it('holds the length of names in bytes', () => {
    expect(codeOf(`<${'a'.repeat(128)}/>`)).toBeUndefined();
    expect(codeOf(`<${'a'.repeat(129)}/>`)).toBe('XML_NAME_LENGTH');
    expect(codeOf(`<a ${'đ'.repeat(65)}=""/>`)).toBe('XML_NAME_LENGTH');
    expect(codeOf(`<a></${'a'.repeat(129)}>`)).toBe('XML_NAME_LENGTH');
    const names = new XmlNames(['LONGER']);
    expect(codeOf('<a><LONGER/><LONGER/></a>', { names, limits: { nameBytes: 5 } })).toBe('XML_NAME_LENGTH');
  });

  it('holds the length of text, CDATA sections, comments and attribute values', () => {
    const limits = { textBytes: 10 };
    for (const [open, close] of [
      ['<a>', '</a>'],
      ['<a><![CDATA[', ']]></a>'],
      ['<a><!--', '--></a>'],
      ['<a b="', '"/>'],
    ] as const) {
      expect(codeOf(`${open}${'x'.repeat(10)}${close}`, { limits })).toBeUndefined();
      expect(codeOf(`${open}${'x'.repeat(11)}${close}`, { limits })).toBe('XML_TEXT_LENGTH');
    }
  });

  it('holds the number of elements and of bytes', () => {
    expect(codeOf('<a><b/><b/></a>', { limits: { elements: 3 } })).toBeUndefined();
    expect(codeOf('<a><b/><b/></a>', { limits: { elements: 2 } })).toBe('XML_ELEMENT_COUNT');
    expect(codeOf('<a></a>', { limits: { bytes: 7 } })).toBeUndefined();
    expect(errorOf('<a></a>\n', { limits: { bytes: 7 } })).toMatchObject({
      code: 'XML_SIZE',
      detail: '7',
      position: { offset: 7 },
    });
  });
});

describe('positions', () => {
  it('count code points in a line, and lines by line feeds', () => {
    expect(errorOf('<a>\r\n  <đ>😀</b></a>')).toMatchObject({ position: { offset: 15, line: 2, column: 7 } });
    expect(errorOf('\ufeff<a></b>')).toMatchObject({ position: { offset: 6, line: 1, column: 4 } });
    expect(errorOf('<a>')?.position).toEqual({ offset: 3, line: 1, column: 4 });
  });

  it('carry nothing of the document into the message', () => {
    const error = errorOf('<a>\n<SECRET>Nguyễn</WRONG></a>');
    expect(error?.message).toBe('XML_NOT_WELL_FORMED at line 2, column 15: end-tag');
  });

  it('can be asked for in any order', () => {
    const line = `<b>${'x'.repeat(90)}</b>\n`;
    const bytes = Buffer.from(`<a>\n${line.repeat(3000)}</a>`);
    scan(bytes, {
      endElement(scanner) {
        if (scanner.depth > 1) return;
        for (const row of [2999, 0, 1500, 1499, 2, 2998]) {
          const offset = 4 + row * line.length + 3;
          expect(scanner.positionOf(offset)).toEqual({ offset, line: row + 2, column: 4 });
        }
      },
    });
  });
});

describe('the scanner', () => {
  it('reports ranges of the bytes, attributes and the kinds of text', () => {
    const bytes = Buffer.from('<a x="1&#9;2"><b/>t&amp;<![CDATA[<]]>đ</a>');
    const events: string[] = [];
    const at = (start: number, end: number): string => bytes.toString('utf8', start, end);
    scan(bytes, {
      startElement: (scanner, nameStart, nameEnd, tagStart, tagEnd, empty) =>
        void events.push(
          `+${at(nameStart, nameEnd)} ${at(tagStart, tagEnd)} ${empty} ${scanner.attributeCount}`,
        ),
      endElement: (scanner, nameStart, nameEnd, tagStart, tagEnd) =>
        void events.push(`-${at(nameStart, nameEnd)} ${at(tagStart, tagEnd)} ${scanner.depth}`),
      text: (_scanner, start, end, kind) =>
        void events.push(`${kind} ${at(start, end)} ${decodeText(bytes, start, end, kind)}`),
    });
    expect(events).toEqual([
      '+a <a x="1&#9;2"> false 1',
      '+b <b/> true 0',
      '-b <b/> 2',
      '1 t&amp; t&',
      '2 < <',
      '0 đ đ',
      '-a </a> 1',
    ]);
  });

  it('gives known names their numbers and others the next ones', () => {
    const names = new XmlNames(['HOSO', 'MA_LK']);
    const numbers: number[] = [];
    scan(
      Buffer.from('<x><MA_LK/><HOSO/><MA_LK/><y/><x/></x>'),
      { startElement: (scanner) => void numbers.push(scanner.nameNumber) },
      { names },
    );
    expect(numbers).toEqual([2, 1, 0, 1, 3, 2]);
    expect(names.nameOf(3)).toBe('y');
    expect(names.numberOf('HOSO')).toBe(0);
    expect(names.numberOf('z')).toBe(-1);
    expect(() => new XmlNames(['not a name'])).toThrow(XmlError);
  });

  it('throws the same error again after the first', () => {
    const scanner = new XmlScanner({});
    const failure = (action: () => void): unknown => {
      try {
        return action();
      } catch (error) {
        return error;
      }
    };
    const first = failure(() => scanner.write(Buffer.from('<a></b>')));
    expect(first).toBeInstanceOf(XmlError);
    expect(failure(() => scanner.write(Buffer.from('<a/>')))).toBe(first);
    expect(failure(() => scanner.end())).toBe(first);
  });

  it('passes on what a handler throws, and does not go on after it', () => {
    const scanner = new XmlScanner({
      startElement: () => {
        throw new TypeError('mine');
      },
    });
    expect(() => scanner.write(Buffer.from('<a><b>'))).toThrow(TypeError);
    expect(() => scanner.end()).toThrow(TypeError);
  });

  it('takes no bytes after the end', () => {
    const scanner = new XmlScanner({});
    scanner.write(Buffer.from('<a/>'));
    scanner.end();
    scanner.end();
    expect(() => scanner.write(Buffer.from(' '))).toThrow(XmlError);
  });
});
