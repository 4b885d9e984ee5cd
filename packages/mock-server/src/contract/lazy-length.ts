import type { Ajv2020 } from 'ajv/dist/2020.js';

/**
 * Makes `minLength` and `maxLength` count characters only where it matters: to count those of a file costs as much as to
 * decode it. That a text has no more characters than code units, and at least half as many, is known without counting.
 */
export function countLazily(ajv: Ajv2020): void {
  const rule = (keyword: string, fits: (text: string, bound: number) => boolean): void => {
    ajv.removeKeyword(keyword);
    ajv.addKeyword({
      keyword,
      type: 'string',
      schemaType: 'number',
      compile: (bound: number) => (text: string) => fits(text, bound),
    });
  };
  rule('minLength', (text, least) => text.length >= 2 * least || [...text].length >= least);
  rule('maxLength', (text, most) => text.length <= most || [...text].length <= most);
}
