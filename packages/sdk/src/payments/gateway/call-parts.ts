/** Path below the bank gateway, with the parameters that have a value. */
export function targetOf(
  path: string,
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  const search = given.size === 0 ? '' : `?${given.toString()}`;
  return `/payments/v1/${path}${search}`;
}

/** One step of a path. */
export const step = (value: string): string => encodeURIComponent(value);
