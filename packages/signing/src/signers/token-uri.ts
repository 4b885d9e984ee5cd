/** What an RFC 7512 URI may name of one token and one object in it. */
export interface TokenUriParts {
  readonly label: string;
  readonly serial: string;
  /** Path of the module. */
  readonly module: string;
  /** Hexadecimal; empty when the object has none. */
  readonly id?: string;
  readonly object?: string;
}

/** A reference that means this token and no other, or one object in it; it can be typed after `--key` as it is. */
export function tokenUri({ label, serial, module, id = '', object = '' }: TokenUriParts): string {
  const parts = [
    `token=${encodeURIComponent(label)}`,
    `serial=${encodeURIComponent(serial)}`,
    ...(id === '' ? [] : [`id=${id.replaceAll(/../g, '%$&')}`]),
    ...(object === '' ? [] : [`object=${encodeURIComponent(object)}`]),
  ];
  return `pkcs11:${parts.join(';')}?module-path=${encodePath(module)}`;
}

/** Slashes and drive letters stay readable; what a shell or the parts of a URI give a meaning does not. */
const encodePath = (path: string): string =>
  encodeURIComponent(path).replaceAll('%2F', '/').replaceAll('%3A', ':');
