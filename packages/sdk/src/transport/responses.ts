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

/** Families whose codes were seen at a neighbour too, though they are documented for another endpoint only. */
const neighbours: Readonly<Partial<Record<ResponseFamily, ResponseFamily>>> = {
  catalogues: 'upload',
  certificates: 'upload',
  history: 'card',
};

export function responseBook(
  families: Readonly<Record<string, readonly ResponseCode[] | undefined>>,
): ResponseBook {
  const known = new Map<string, ResponseCode>();
  for (const [family, codes] of Object.entries(families)) {
    for (const entry of codes ?? []) known.set(`${family} ${entry.code}`, entry);
  }
  const find = (family: ResponseFamily, code: string): ResponseCode | undefined => {
    const neighbour = neighbours[family];
    return known.get(`${family} ${code}`) ?? (neighbour && find(neighbour, code));
  };
  return { find };
}
