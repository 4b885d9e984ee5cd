import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize, indexElements, XmlError, XmlWriter } from './index.ts';

function canonical(bytes: Uint8Array): string {
  const chunks: Buffer[] = [];
  canonicalize(bytes, { mode: 'inclusive', sink: (chunk) => chunks.push(Buffer.from(chunk)) });
  return Buffer.concat(chunks).toString();
}

function refusalOf(write: (writer: XmlWriter) => unknown): string {
  try {
    write(new XmlWriter());
    return 'none';
  } catch (error) {
    return error instanceof XmlError && error.code === 'XML_WRITE_INVALID' ? error.detail : String(error);
  }
}

describe('writer', () => {
  it('writes elements, text and attributes in canonical order', () => {
    const bytes = new XmlWriter()
      .start('p:a', { z: '1', 'p:b': '2', b: '<&"\t\n\r>', xmlns: 'urn:a', 'xmlns:p': 'urn:p' })
      .text('đ < & > "\r\n')
      .empty('b')
      .start('c', { xmlns: '', 'xmlns:p': 'urn:p' })
      .end()
      .end()
      .finish();
    expect(Buffer.from(bytes).toString()).toBe(
      '<p:a xmlns="urn:a" xmlns:p="urn:p" b="&lt;&amp;&quot;&#x9;&#xA;&#xD;>" z="1" p:b="2">đ &lt; &amp; &gt; "&#xD;\n<b></b><c xmlns=""></c></p:a>',
    );
    expect(canonical(bytes)).toBe(Buffer.from(bytes).toString());
  });

  it('writes what is its own canonical form and reads back as it was given', () => {
    const text = fc.string({ unit: 'binary' });
    const names = fc.uniqueArray(
      fc.constantFrom('a', 'Z', 'đơn', 'p:a', 'q:a', 'p:\u{10400}', '\uf900', 'xml:lang'),
    );
    fc.assert(
      fc.property(text, text, names, (content, value, attributeNames) => {
        const attributes = Object.fromEntries(attributeNames.map((name) => [name, value]));
        let bytes: Uint8Array;
        try {
          bytes = new XmlWriter()
            .start('r', { ...attributes, 'xmlns:p': 'urn:z', 'xmlns:q': 'urn:b' })
            .text(content)
            .end()
            .finish();
        } catch (error) {
          expect(error).toMatchObject({ code: 'XML_WRITE_INVALID', detail: 'character' });
          // eslint-disable-next-line no-control-regex
          expect(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u.test(content + value)).toBe(true);
          return;
        }
        expect(canonical(bytes)).toBe(Buffer.from(bytes).toString());
        const { root } = indexElements(bytes, { limits: { attributes: 20 } });
        expect(root.text).toBe(content);
        for (const name of attributeNames) {
          expect(root.attributes.find((attribute) => attribute.name === name)?.value).toBe(value);
        }
      }),
      { numRuns: 2000, seed: 3 },
    );
  });

  it('refuses what could not be read back', () => {
    expect(refusalOf((writer) => writer.start('1a'))).toBe('name');
    expect(refusalOf((writer) => writer.start(''))).toBe('name');
    expect(refusalOf((writer) => writer.start('a b'))).toBe('name');
    expect(refusalOf((writer) => writer.start('a>'))).toBe('name');
    expect(refusalOf((writer) => writer.start('a:'))).toBe('name');
    expect(refusalOf((writer) => writer.start('a\ud800'))).toBe('name');
    expect(refusalOf((writer) => writer.start('p:a'))).toBe('prefix');
    expect(refusalOf((writer) => writer.start('a', { 'p:b': '' }))).toBe('prefix');
    expect(refusalOf((writer) => writer.start('a', { 'b c': '' }))).toBe('name');
    expect(refusalOf((writer) => writer.start('a', { 'xmlns:p': '' }))).toBe('namespace');
    expect(refusalOf((writer) => writer.start('a', { xmlns: 'http://www.w3.org/2000/xmlns/' }))).toBe(
      'namespace',
    );
    expect(
      refusalOf((writer) =>
        writer.start('a', { 'xmlns:p': 'urn:a', 'xmlns:q': 'urn:a', 'p:b': '', 'q:b': '' }),
      ),
    ).toBe('duplicate');
    expect(refusalOf((writer) => writer.start('a', { b: '\0' }))).toBe('character');
    expect(refusalOf((writer) => writer.start('a').text('\x0b'))).toBe('character');
    expect(refusalOf((writer) => writer.start('a').text('\ud800'))).toBe('character');
    expect(refusalOf((writer) => writer.start('a').text('\uffff'))).toBe('character');
    expect(refusalOf((writer) => writer.text('x'))).toBe('text-outside-root');
    expect(refusalOf((writer) => writer.end())).toBe('end-without-start');
    expect(refusalOf((writer) => writer.empty('a').start('b'))).toBe('second-root');
    expect(refusalOf((writer) => writer.start('a').finish())).toBe('unfinished');
    expect(refusalOf((writer) => writer.finish())).toBe('unfinished');
  });

  it('forgets a prefix when its element ends', () => {
    const write = (writer: XmlWriter): unknown =>
      writer.start('a').empty('p:b', { 'xmlns:p': 'urn:p' }).empty('p:c');
    expect(refusalOf(write)).toBe('prefix');
  });
});

it('what is taken on the way and the rest are the document', () => {
  const writer = new XmlWriter().start('a').text('one');
  const first = writer.take();
  expect(Buffer.from(first).toString()).toBe('<a>one');
  expect(writer.take()).toHaveLength(0);
  const rest = writer.empty('b').end().finish();
  expect(Buffer.concat([first, rest]).toString()).toBe('<a>one<b></b></a>');
});
