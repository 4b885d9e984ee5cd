import { certificateFacts, extensionOid } from './certificate-facts.ts';
import type { X509Certificate } from 'node:crypto';
import type { DerValue } from './der.ts';
import { children, contextTag, DerCursor, readDer, tag } from './der.ts';

interface Constraints {
  readonly permitted: readonly DerValue[];
  readonly excluded: readonly DerValue[];
}

/** Whether the names of `certificate` keep to what `authority` may certify (RFC 5280, 4.2.1.10). */
export function obeysNameConstraints(certificate: X509Certificate, authority: X509Certificate): boolean {
  const extension = certificateFacts(authority).extensions.get(extensionOid.nameConstraints);
  if (extension === undefined) return true;
  const cursor = new DerCursor(readDer(extension.value, tag.sequence));
  const subtrees = (field: DerValue | undefined) =>
    field === undefined ? [] : children(field).map((subtree) => new DerCursor(subtree).take());
  const permitted = subtrees(cursor.takeIf(contextTag(0)));
  const excluded = subtrees(cursor.takeIf(contextTag(1)));
  return namesOf(certificate).every((name) => isAllowed(name, { permitted, excluded }));
}

const directoryName = contextTag(4);

/** The subject and the alternative names, as GeneralName. */
function namesOf(certificate: X509Certificate): DerValue[] {
  const { subject, extensions } = certificateFacts(certificate);
  const names: DerValue[] = [];
  if (subject.length > 2) names.push({ tag: directoryName, bytes: subject, content: subject });
  const alternative = extensions.get(extensionOid.subjectAlternativeName);
  if (alternative !== undefined) names.push(...children(readDer(alternative.value, tag.sequence)));
  return names;
}

function isAllowed(name: DerValue, { permitted, excluded }: Constraints): boolean {
  const sameKind = (subtree: DerValue) => subtree.tag === name.tag;
  if (excluded.filter(sameKind).some((subtree) => isWithin(name, subtree))) return false;
  const limits = permitted.filter(sameKind);
  return limits.length === 0 || limits.some((subtree) => isWithin(name, subtree));
}

function isWithin(name: DerValue, subtree: DerValue): boolean {
  if (name.tag === directoryName) {
    const wanted = children(readDer(subtree.content, tag.sequence));
    const own = children(readDer(name.content, tag.sequence));
    return wanted.every(
      (part, at) => own[at] !== undefined && Buffer.compare(part.bytes, own[at].bytes) === 0,
    );
  }
  const text = (value: DerValue) => Buffer.from(value.content).toString('latin1').toLowerCase();
  const [own, limit] = [text(name), text(subtree)];
  switch (name.tag) {
    case contextTag(1, false): {
      const host = own.slice(own.lastIndexOf('@') + 1);
      return limit.includes('@')
        ? own === limit
        : limit.startsWith('.')
          ? host.endsWith(limit)
          : host === limit;
    }
    case contextTag(2, false):
      return own === limit || own.endsWith(`.${limit}`);
    default:
      // Kinds of names nobody signs documents under: a limit on them is taken to exclude them.
      return false;
  }
}
