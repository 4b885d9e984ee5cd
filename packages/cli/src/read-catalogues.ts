import { readFileSync } from 'node:fs';
import { catalogueFrom } from '@bhxh/sdk/claims';
import type { Specifications } from '@bhxh/sdk/specifications';
import type { CatalogueLookup } from '@bhxh/sdk/validation';
import { cliError } from './cli-error.ts';

/** The accepted catalogues of `--catalogue`; undefined when none was named. Throws ERR_INPUT_UNREADABLE. */
export function readCatalogues(
  paths: readonly string[],
  specifications: Specifications,
): CatalogueLookup | undefined {
  if (paths.length === 0) return undefined;
  const sources = paths.map((path) => {
    try {
      return { path, bytes: readFileSync(path) };
    } catch (cause) {
      throw cliError(
        'ERR_INPUT_UNREADABLE',
        { path, why: (cause as NodeJS.ErrnoException).code ?? '' },
        cause,
      );
    }
  });
  return catalogueFrom(sources, specifications);
}
