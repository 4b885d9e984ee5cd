import { expect, it } from 'vitest';
import { fuzz } from './check.ts';

it('keeps its promises on damaged documents, and meets most kinds of damage', () => {
  const { distinct, accepted, errors } = fuzz(2026, 6000);
  expect(distinct).toBeGreaterThan(5500);
  expect(accepted).toBeGreaterThan(500);
  expect([...errors.keys()]).toEqual(
    expect.arrayContaining([
      'XML_CHAR',
      'XML_NOT_WELL_FORMED',
      'XML_DTD_FORBIDDEN',
      'XML_PI_FORBIDDEN',
      'XML_ENTITY_FORBIDDEN',
      'XML_ATTRIBUTE_DUPLICATE',
      'XML_NAMESPACE',
      'XML_ROOT_COUNT',
    ]),
  );
}, 60_000);
