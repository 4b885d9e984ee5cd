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
const lookIn: Readonly<Record<ResponseFamily, readonly ResponseFamily[]>> = {
  token: ['token'],
  upload: ['upload'],
  catalogues: ['catalogues', 'upload'],
  certificates: ['certificates', 'upload'],
  card: ['card'],
  history: ['history', 'card'],
  'co-payment': ['co-payment'],
  'driver-certificate': ['driver-certificate'],
};

export function responseBook(families: Readonly<Record<string, readonly ResponseCode[]>>): ResponseBook {
  return {
    find(family, code) {
      for (const name of lookIn[family]) {
        const entry = families[name]?.find((candidate) => candidate.code === code);
        if (entry) return entry;
      }
      return undefined;
    },
  };
}
