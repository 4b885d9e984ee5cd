import { AttributeList } from './attributes.ts';
import { NamespaceScope } from './namespaces.ts';

/** What a scanner remembers of tags and prefixes, empty again after each document. */
export class ScanMemory {
  readonly attributes: AttributeList = new AttributeList();
  readonly namespaces: NamespaceScope = new NamespaceScope();

  clear(): void {
    this.attributes.clear();
    this.namespaces.leave(1);
  }
}

/** Lent to one scan at a time: small documents come in thousands, and are over before memory of their own would have paid. */
let idle: ScanMemory | undefined;

export function withScanMemory<Result>(use: (memory: ScanMemory) => Result): Result {
  const memory = idle ?? new ScanMemory();
  idle = undefined;
  try {
    return use(memory);
  } finally {
    memory.clear();
    idle = memory;
  }
}
