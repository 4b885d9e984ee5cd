import type { ResponseCode } from '../specifications/types.ts';

/** One family of calls whose result codes share their meaning. */
export type ResponseFamily =
  | 'token'
  | 'upload'
  | 'catalogues'
  | 'certificates'
  | 'card'
  | 'history'
  | 'co-payment'
  | 'driver-certificate';

/** The gateway's result codes, from `specs/responses`. */
export interface ResponseBook {
  find(family: ResponseFamily, code: string): ResponseCode | undefined;
}

/** Where a code of a family is looked for, first match first: some codes are documented for one endpoint and seen at its neighbour. */
const groups: Readonly<Record<ResponseFamily, readonly string[]>> = {
  token: ['submission'],
  upload: ['submission'],
  catalogues: ['submission'],
  certificates: ['certificates', 'submission'],
  card: ['card-lookup'],
  history: ['history', 'card-lookup'],
  'co-payment': ['co-payment'],
  'driver-certificate': ['driver-certificate'],
};

export function responseBook(codes: readonly ResponseCode[]): ResponseBook {
  const known = new Map(codes.map((entry) => [`${entry.group} ${entry.code}`, entry]));
  return {
    find(family, code) {
      for (const group of groups[family]) {
        const entry = known.get(`${group} ${code}`);
        if (entry) return entry;
      }
      return undefined;
    },
  };
}
