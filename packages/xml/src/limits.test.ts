import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { defaultXmlLimits } from './limits.ts';

it('has the numbers of the specs', () => {
  const text = readFileSync(new URL('../../../specs/limits.yaml', import.meta.url), 'utf8');
  const { xml, file } = parse(text) as Record<'xml' | 'file', Record<string, number>>;
  const { elements, bytes, ...others } = defaultXmlLimits;
  expect(others).toEqual(xml);
  expect({ bytes, elements }).toEqual({ bytes: file.bytes, elements: file.elements });
});
