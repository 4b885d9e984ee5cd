import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countLazily } from './lazy-length.ts';

const plain = new Ajv2020();
const lazy = new Ajv2020();
countLazily(lazy);

test.each(['minLength', 'maxLength'])('%s judges every text as it does without us', (keyword) => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ế', '𠮷', '\ud842', '\udfb7'), maxLength: 12 });
  fc.assert(
    fc.property(text, fc.nat({ max: 14 }), (value, bound) => {
      const schema = { type: 'string', [keyword]: bound };
      const [expected, found] = [plain, lazy].map((ajv) => ({
        fits: ajv.validate(schema, value),
        rules: ajv.errors?.map((error) => error.keyword),
      }));
      expect(found).toEqual(expected);
    }),
  );
});
