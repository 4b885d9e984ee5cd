import { describe, expect, it } from 'vitest';
import { canonicalize, indexElements, XmlError, XmlScanner } from '../src/index.ts';

const SIZE = 1_000_000;
/** Far above what any of it takes, far below what one quadratic step would. */
const LIMIT_MS = 6000;

function repeated(head: string, unit: string, tail: string): Buffer {
  return Buffer.from(head + unit.repeat(Math.ceil(SIZE / unit.length)) + tail);
}

function counted(head: string, unit: (number: number) => string, tail: string): Buffer {
  const parts = [head];
  for (let length = 0, number = 0; length < SIZE; number++) {
    const part = unit(number);
    length += part.length;
    parts.push(part);
  }
  parts.push(tail);
  return Buffer.from(parts.join(''));
}

const uri = `urn:${'u'.repeat(400)}`;
const SHAPES: Readonly<Record<string, () => Buffer>> = {
  'a single text': () => repeated('<a>', 'x', '</a>'),
  'only closing brackets': () => repeated('<a>', ']', '</a>'),
  'only carriage returns': () => repeated('<a>', '\r', '</a>'),
  'only references': () => repeated('<a>', '&lt;', '</a>'),
  'one endless reference': () => repeated('<a>&#', '0', '65;</a>'),
  'one endless entity name': () => repeated('<a>&', 'e', ';</a>'),
  'one endless comment': () => repeated('<a><!--', '- ', '--></a>'),
  'one endless CDATA section': () => repeated('<a><![CDATA[', ']]', ']]></a>'),
  'one endless attribute value': () => repeated('<a b="', "x'\n", '"/>'),
  'white space in a tag': () => repeated('<a ', ' ', '/>'),
  'white space in the XML declaration': () => repeated('<?xml version="1.0"', ' ', '?><a/>'),
  'white space before the root': () => repeated('', '\n', '<a/>'),
  'white space in an end tag': () => repeated('<a></a', ' ', '>'),
  'empty elements': () => repeated('<a>', '<b/>', '</a>'),
  'comments without content': () => repeated('<a>', '<!---->', '</a>'),
  'CDATA sections without content': () => repeated('<a>', '<![CDATA[]]>', '</a>'),
  'names that are all different': () => counted('<a>', (number) => `<n${number}/>`, '</a>'),
  'ids that are all different': () => counted('<a>', (number) => `<b id="i${number}"/>`, '</a>'),
  'namespaces that are all different': () =>
    counted('<a>', (number) => `<p:b xmlns:p="urn:${number}"/>`, '</a>'),
  'a long namespace used often': () =>
    repeated(`<a xmlns:p="${uri}1" xmlns:q="${uri}2">`, '<p:b q:c=""/>', '</a>'),
  'many prefixes in scope': () =>
    counted(
      `<a ${Array.from({ length: 60 }, (_, index) => `xmlns:p${index}="urn:${index}"`).join(' ')}>`,
      (number) => `<p${number % 60}:b p${(number + 1) % 60}:c=""/>`,
      '</a>',
    ),
  'elements with many attributes': () =>
    repeated('<a>', `<b ${Array.from({ length: 60 }, (_, index) => `a${index}=""`).join(' ')}/>`, '</a>'),
  'one line feed a byte': () => repeated('<a>', '\n', '</a>'),
  'bytes that are no UTF-8 at the end': () => Buffer.concat([repeated('<a>', 'đ', ''), Buffer.of(0xff)]),
  'no end': () => repeated('<a>', 'x', ''),
};

function timed(action: () => void): number {
  const start = performance.now();
  try {
    action();
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
  }
  return performance.now() - start;
}

describe('time grows with the size only', () => {
  it.each(Object.keys(SHAPES))('%s', (shape) => {
    const bytes = SHAPES[shape]!();
    const times = {
      index: timed(() => {
        indexElements(bytes);
      }),
      exclusive: timed(() => canonicalize(bytes, { mode: 'exclusive', sink: () => {} })),
      chunks: timed(() => {
        const scanner = new XmlScanner({
          text: (at, start) => {
            at.positionOf(start);
          },
        });
        for (let at = 0; at < bytes.length; at += 512) scanner.write(bytes.subarray(at, at + 512));
        scanner.end();
      }),
    };
    expect(Math.max(...Object.values(times)), JSON.stringify(times)).toBeLessThan(LIMIT_MS);
  });

  it('takes positions in any order', () => {
    const bytes = repeated('<a>', 'x\n<b/>', '</a>');
    const starts: number[] = [];
    const time = timed(() => {
      const scanner = new XmlScanner({
        startElement: (_at, _nameStart, _nameEnd, tagStart) => void starts.push(tagStart),
        endElement: (at) => {
          if (at.depth > 1) return;
          for (const start of starts.reverse().filter((_, index) => index % 500 === 0)) at.positionOf(start);
        },
      });
      scanner.write(bytes);
    });
    expect(time).toBeLessThan(LIMIT_MS);
  });
});
