import { describe, expect, it } from 'vitest';
import { canonicalize, indexElements, XmlError, type ByteRange, type CanonicalFormOptions } from './index.ts';

type Options = Omit<CanonicalFormOptions, 'sink' | 'mode'>;

function canonical(document: string, mode: 'inclusive' | 'exclusive', options: Options = {}): string {
  const chunks: Buffer[] = [];
  canonicalize(Buffer.from(document), { ...options, mode, sink: (chunk) => chunks.push(Buffer.from(chunk)) });
  return Buffer.concat(chunks).toString();
}

function rangeOf(document: string, localName: string): ByteRange {
  return indexElements(Buffer.from(document)).elementsNamed(localName)[0]!.outer;
}

describe('canonical form', () => {
  it.each([
    ['an empty element', '<a/>', '<a></a>'],
    ['white space in tags', '<a  b = "1"\n></a\t>', '<a b="1"></a>'],
    ['single quotes', `<a b='"'/>`, '<a b="&quot;"></a>'],
    [
      'the order of attributes',
      '<a b="1" a="2" Z="3" đ="4" \u{10400}="5" \uf900="6"/>',
      '<a Z="3" a="2" b="1" đ="4" \uf900="6" \u{10400}="5"></a>',
    ],
    [
      'attributes by namespace',
      '<a xmlns:q="urn:1" xmlns:p="urn:2" p:b="" q:c="" d=""/>',
      '<a xmlns:p="urn:2" xmlns:q="urn:1" d="" q:c="" p:b=""></a>',
    ],
    [
      'an attribute value',
      '<a b="&#9;&#10;&#13;&lt;&amp;>\t\n\r\n&apos;"/>',
      '<a b="&#x9;&#xA;&#xD;&lt;&amp;>   \'"></a>',
    ],
    ['text', '<a>&#13;&gt;>&quot;\r\n\r&#65;&amp;&lt;</a>', '<a>&#xD;&gt;&gt;"\n\nA&amp;&lt;</a>'],
    ['a CDATA section', '<a>x<![CDATA[<&>"\r\n]]>y</a>', '<a>x&lt;&amp;&gt;"\ny</a>'],
    ['comments', '<!-- c --><a>x<!-- c -->y</a><!-- c -->', '<a>xy</a>'],
    ['what stands around the root', '<?xml version="1.0"?>\n\n<a/>\n', '<a></a>'],
    ['a byte order mark', '\ufeff<a/>', '<a></a>'],
    ['declarations that repeat', '<a xmlns="urn:a"><b xmlns="urn:a"/></a>', '<a xmlns="urn:a"><b></b></a>'],
    [
      'an undeclared default namespace',
      '<a xmlns=""><b xmlns="urn:a"><c xmlns=""/></b></a>',
      '<a><b xmlns="urn:a"><c xmlns=""></c></b></a>',
    ],
    ['an ampersand in a namespace', '<a xmlns="urn:a?b&amp;c"/>', '<a xmlns="urn:a?b&amp;c"></a>'],
    ['an attribute that only looks like a declaration', '<a xmlnsevil="1"/>', '<a xmlnsevil="1"></a>'],
  ])('settles %s', (_what, document, expected) => {
    expect(canonical(document, 'inclusive')).toBe(expected);
    expect(canonical(document, 'exclusive')).toBe(expected);
  });

  it('writes unused declarations in the inclusive form only', () => {
    const document = '<a xmlns:p="urn:p"><p:b/><p:c/></a>';
    expect(canonical(document, 'inclusive')).toBe('<a xmlns:p="urn:p"><p:b></p:b><p:c></p:c></a>');
    expect(canonical(document, 'exclusive')).toBe(
      '<a><p:b xmlns:p="urn:p"></p:b><p:c xmlns:p="urn:p"></p:c></a>',
    );
    expect(canonical(document, 'exclusive', { inclusiveNamespaces: ['p'] })).toBe(
      '<a xmlns:p="urn:p"><p:b></p:b><p:c></p:c></a>',
    );
  });

  it('lets a subtree inherit namespaces and xml: attributes, in the inclusive form only', () => {
    const document =
      '<r xmlns="urn:r" xmlns:p="urn:p" xml:lang="vi" xml:space="preserve"><m xml:lang="en"><t a="1">x</t></m></r>';
    const range = rangeOf(document, 't');
    expect(canonical(document, 'inclusive', { range })).toBe(
      '<t xmlns="urn:r" xmlns:p="urn:p" a="1" xml:lang="en" xml:space="preserve">x</t>',
    );
    expect(canonical(document, 'exclusive', { range })).toBe('<t xmlns="urn:r" a="1">x</t>');
    expect(canonical(document, 'exclusive', { range, inclusiveNamespaces: ['p', '#default'] })).toBe(
      '<t xmlns="urn:r" xmlns:p="urn:p" a="1">x</t>',
    );
  });

  it('leaves out what is omitted, and nothing beside it', () => {
    const document = '<a> <CHUKYDONVI><Signature xmlns="urn:s"><x/></Signature></CHUKYDONVI><b/> </a>';
    const omit = [rangeOf(document, 'Signature')];
    expect(canonical(document, 'inclusive', { omit })).toBe('<a> <CHUKYDONVI></CHUKYDONVI><b></b> </a>');
    const range = rangeOf(document, 'CHUKYDONVI');
    expect(canonical(document, 'exclusive', { omit, range })).toBe('<CHUKYDONVI></CHUKYDONVI>');
  });

  it('leaves nothing when the root is omitted, whatever stands around it', () => {
    const document = '<?xml version="1.0"?><!-- before --><a><b/></a><!-- after -->\n';
    expect(canonical(document, 'inclusive', { omit: [rangeOf(document, 'a')] })).toBe('');
  });

  it('omits several elements, whatever their order and nesting', () => {
    const document = '<a><s>1</s><b><s>2</s></b>3<s/></a>';
    const ranges = indexElements(Buffer.from(document))
      .elementsNamed('s')
      .map((element) => element.outer);
    expect(canonical(document, 'inclusive', { omit: ranges.reverse() })).toBe('<a><b></b>3</a>');
  });

  it('hands long runs to the sink as they stand in the source', () => {
    const bytes = Buffer.from(`<a>${'<b>đ</b>\n'.repeat(5000)}</a>`);
    const chunks: Uint8Array[] = [];
    canonicalize(bytes, { mode: 'exclusive', sink: (chunk) => chunks.push(chunk) });
    expect(chunks).toHaveLength(1);
    expect(chunks[0]!.buffer).toBe(bytes.buffer);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  it('refuses relative namespace names, and a range that begins no element', () => {
    const codeOf = (action: () => void): string => {
      try {
        action();
        return 'none';
      } catch (error) {
        return error instanceof XmlError ? `${error.code} ${error.detail}` : String(error);
      }
    };
    expect(codeOf(() => canonical('<a xmlns="relative/path"/>', 'inclusive'))).toBe(
      'XML_NAMESPACE relative-uri',
    );
    expect(codeOf(() => canonical('<a xmlns:p="x"><p:b/></a>', 'exclusive'))).toBe(
      'XML_NAMESPACE relative-uri',
    );
    const range = { start: 1, end: 5 };
    expect(codeOf(() => canonical('<a><b/></a>', 'inclusive', { range }))).toBe('XML_NOT_WELL_FORMED range');
    expect(codeOf(() => canonical('<a></a>', 'inclusive', { range }))).toBe('XML_NOT_WELL_FORMED range');
    expect(codeOf(() => canonical('<a><b></a>', 'inclusive'))).toBe('XML_NOT_WELL_FORMED end-tag');
  });
});

describe('the observer', () => {
  it('sees every element of the document, also outside the range and inside what is left out', () => {
    const document = '<a><b>1</b><!-- c --><d/></a>';
    const seen: string[] = [];
    const form = canonical(document, 'inclusive', {
      range: rangeOf(document, 'b'),
      observer: {
        startElement: (scanner) => seen.push(`<${scanner.depth}`),
        endElement: (scanner) => seen.push(`>${scanner.depth}`),
        text: (_, start, end) => seen.push(document.slice(start, end)),
        comment: (_, start, end) => seen.push(document.slice(start, end)),
      },
    });
    expect(form).toBe('<b>1</b>');
    expect(seen).toEqual(['<1', '<2', '1', '>2', '<!-- c -->', '<2', '>2', '>1']);
  });

  it('may take another canonical form itself', () => {
    const inner: string[] = [];
    const form = canonical('<a><b/></a>', 'inclusive', {
      observer: { startElement: () => inner.push(canonical('<x/>', 'exclusive')) },
    });
    expect(form).toBe('<a><b></b></a>');
    expect(inner).toEqual(['<x></x>', '<x></x>']);
  });
});
