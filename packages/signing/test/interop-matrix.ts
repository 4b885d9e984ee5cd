import type { Canonicalization, SignatureAlgorithm } from '../src/index.ts';

/** One way of signing, tried with one peer in one direction. */
export interface Cell {
  readonly algorithm: SignatureAlgorithm;
  readonly form: Canonicalization;
  readonly layout: string;
  readonly size: string;
  readonly peer: 'Java' | 'xmlsec1';
  readonly direction: 'ours' | 'theirs';
  /** `unknown`: the peer does not know the algorithm, and refuses it. */
  readonly outcome: 'agree' | 'unknown';
}

const columns = ['Java', 'xmlsec1'].flatMap((peer) =>
  ['2 KB', '1 MB'].flatMap((size) => [
    { peer, size, direction: 'ours', title: `${peer} accepts ours, ${size}` },
    { peer, size, direction: 'theirs', title: `we accept ${peer}, ${size}` },
  ]),
);

/** The page of docs/ that shows every cell. */
export function matrixPage(cells: readonly Cell[]): string {
  const found = new Map(
    cells.map((cell) => [
      [cell.algorithm, cell.form, cell.layout, cell.peer, cell.size, cell.direction].join('|'),
      cell.outcome,
    ]),
  );
  const rows = [...new Set(cells.map(({ algorithm, form, layout }) => [algorithm, form, layout].join('|')))];
  const line = (parts: readonly string[]): string => `| ${parts.join(' | ')} |`;
  const body = rows.map((row) =>
    line([
      ...row.split('|'),
      ...columns.map(({ peer, size, direction }) => {
        const outcome = found.get([row, peer, size, direction].join('|'));
        return outcome === 'agree' ? 'yes' : outcome === 'unknown' ? 'not known to it' : '?';
      }),
    ]),
  );
  return [
    '# Signatures across implementations',
    '',
    'Every way of signing, made here and verified by two programs this project did not write, and the other way round. The page is written by `packages/signing/src/interop.test.ts`, which tries every cell on every run; an altered copy of each of our documents is refused by Java in the same test.',
    '',
    '`root`, `CHUKYDONVI` and `#id` say where the signature stands, or that it refers to an element by its Id. RSASSA-PSS came to xmlsec1 with version 1.3: an older one refuses it, and so those cells are told and not hidden.',
    '',
    line(['algorithm', 'canonical form', 'place', ...columns.map(({ title }) => title)]),
    line(Array.from({ length: 3 + columns.length }, () => '---')),
    ...body,
    '',
  ].join('\n');
}
