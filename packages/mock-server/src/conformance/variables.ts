/** Named texts of one case; `${name}` in a step stands for one. */
export type Variables = Map<string, string>;

const PLACE = /\$\{([^}]+)\}/g;

/** A case that names what nothing defined, which is a mistake of the case. */
export class UnknownVariable extends Error {
  override readonly name = 'UnknownVariable';
}

export function fill(text: string, variables: Variables): string {
  return text.replaceAll(PLACE, (_place, name: string) => {
    const value = variables.get(name);
    if (value === undefined) throw new UnknownVariable(name);
    return value;
  });
}

/** Every text inside a value; `null` entries of an object are left out. */
export function fillAll(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return fill(value, variables);
  if (Array.isArray(value)) return value.map((entry) => fillAll(entry, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== null)
      .map(([key, entry]) => [key, fillAll(entry, variables)]),
  );
}
