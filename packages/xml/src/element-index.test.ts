import { describe, expect, it } from 'vitest';
import { indexElements, XmlError } from './index.ts';

const document =
  '<?xml version="1.0"?><a xmlns="urn:a" xmlns:p="urn:p"><p:b Id="one" p:c="&lt;">t<!-- c --><d>u</d>&amp;v<![CDATA[<]]></p:b><e ID="two"/></a>';
const bytes = Buffer.from(document);

describe('element index', () => {
  const index = indexElements(bytes);

  it('knows the ranges, names and namespaces of every element', () => {
    expect(index.count).toBe(4);
    const [a, b, d, e] = [0, 1, 2, 3].map((place) => index.element(place));
    expect(index.root.name).toBe('a');
    expect(
      [a, b, d, e].map((element) => `{${element!.namespace}}${element!.localName} ${element!.parent}`),
    ).toEqual(['{urn:a}a -1', '{urn:p}b 0', '{urn:a}d 1', '{urn:a}e 0']);
    const at = (range: { start: number; end: number }): string =>
      bytes.toString('utf8', range.start, range.end);
    expect(at(a!.outer)).toBe(document.slice(21));
    expect(at(d!.outer)).toBe('<d>u</d>');
    expect(at(d!.inner)).toBe('u');
    expect(at(e!.outer)).toBe('<e ID="two"/>');
    expect(at(e!.inner)).toBe('');
  });

  it('gives attributes with their namespaces', () => {
    expect(index.element(1).attributes).toEqual([
      { name: 'Id', localName: 'Id', namespace: '', value: 'one' },
      { name: 'p:c', localName: 'c', namespace: 'urn:p', value: '<' },
    ]);
    expect(index.root.attributes[0]).toEqual({
      name: 'xmlns',
      localName: 'xmlns',
      namespace: 'http://www.w3.org/2000/xmlns/',
      value: 'urn:a',
    });
    expect(index.element(2).attributes).toEqual([]);
  });

  it('finds elements by id, by name and by place', () => {
    expect(index.byId('one')?.index).toBe(1);
    expect(index.byId('two')?.index).toBe(3);
    expect(index.byId('three')).toBeUndefined();
    expect(index.byId('constructor')).toBeUndefined();
    expect(index.elementsNamed('d').map((element) => element.index)).toEqual([2]);
    expect(index.elementsNamed('b', 'urn:p').map((element) => element.index)).toEqual([1]);
    expect(index.elementsNamed('b', 'urn:a')).toEqual([]);
    expect(index.childrenOf(index.root).map((element) => element.name)).toEqual(['p:b', 'e']);
    expect(index.parentOf(index.element(2))?.name).toBe('p:b');
    expect(index.parentOf(index.root)).toBeUndefined();
    expect(() => index.element(4)).toThrow(RangeError);
  });

  it('tells direct text, and whether there is nothing but text', () => {
    expect(index.element(1).text).toBe('t&v<');
    expect(index.element(1).hasOnlyText).toBe(false);
    expect(index.element(2)).toMatchObject({ text: 'u', hasOnlyText: true });
    expect(index.element(3)).toMatchObject({ text: '', hasOnlyText: true });
    for (const content of ['<b/>', '<!---->', '<![CDATA[]]>']) {
      expect(indexElements(Buffer.from(`<a>x${content}</a>`)).root).toMatchObject({
        text: 'x',
        hasOnlyText: false,
      });
    }
    const tricky = indexElements(
      Buffer.from(`<a>1<b c=">/"/>2<b c='>'>no<d/>no</b>3<!-- </a> -->4&#13;\r\n</a>`),
    );
    expect(tricky.root.text).toBe('1234\r\n');
  });

  it('refuses ids that are not unique', () => {
    const refusal = (text: string): unknown => {
      try {
        return indexElements(Buffer.from(text));
      } catch (error) {
        return error instanceof XmlError ? error.code : error;
      }
    };
    expect(refusal('<a Id="x"><b id="x"/></a>')).toBe('XML_ID_DUPLICATE');
    expect(refusal('<a Id="x" ID="x"/>')).toBe('XML_ID_DUPLICATE');
  });
});
