import type { ElementIndex, IndexedElement } from '@bhxh/xml';
import type { SignaturePlace, SignatureProfile } from './profiles.ts';

/** The place a profile names for documents with this root, if any. */
export function placeFor(profile: SignatureProfile, root: IndexedElement): SignaturePlace | undefined {
  return (
    profile.places.find((place) => place.root === root.name) ??
    profile.places.find((place) => place.root === '*')
  );
}

/** Whether `#id` can mean nothing but this Id: schemes such as xpointer(…) select by rules of their own. */
export const isReferable = (id: string): boolean => /^[\p{L}_][\p{L}\p{N}._-]*$/u.test(id);

/** Every element that stands at `path` below the root; more than one makes the place ambiguous. */
export function elementsAt(index: ElementIndex, path: readonly string[]): IndexedElement[] {
  let found = [index.root];
  for (const name of path) {
    found = found.flatMap((element) =>
      index
        .childrenOf(element)
        .filter((child) => (name === '*' ? child.name !== 'CHUKYDONVI' : child.name === name)),
    );
  }
  return found;
}

/** The value of the element's Id, ID or id attribute. */
export function idOf(element: IndexedElement): string | undefined {
  return element.attributes.find(
    (attribute) => attribute.name === 'Id' || attribute.name === 'ID' || attribute.name === 'id',
  )?.value;
}
