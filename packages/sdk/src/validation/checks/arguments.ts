/** Reads the arguments of a rule. A wrong argument is damaged specs, so it throws with the path of the argument. */
export type Arguments = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Arguments =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (name: string, expected: string): Error => new Error(`argument ${name}: expected ${expected}`);

/** Refuses arguments the mechanism does not know: a misspelt option must not silently change a rule. */
export function onlyKnown(args: Arguments, known: readonly string[]): void {
  for (const name of Object.keys(args))
    if (!known.includes(name)) throw wrong(name, `one of ${known.join(', ')}`);
}

export function textOf(args: Arguments, name: string): string {
  const value = args[name];
  if (typeof value !== 'string' || value === '') throw wrong(name, 'a text');
  return value;
}

export function optionalText(args: Arguments, name: string): string | undefined {
  return args[name] === undefined ? undefined : textOf(args, name);
}

export function textsOf(args: Arguments, name: string): readonly string[] {
  const value = args[name];
  if (!Array.isArray(value) || value.length === 0) throw wrong(name, 'a list of texts');
  return value.map((item: unknown) => {
    if (typeof item !== 'string') throw wrong(name, 'a list of texts');
    return item;
  });
}

export function optionalTexts(args: Arguments, name: string): readonly string[] | undefined {
  return args[name] === undefined ? undefined : textsOf(args, name);
}

export function integerOf(args: Arguments, name: string): number {
  const value = args[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(name, 'an integer');
  return value;
}

export function optionalInteger(args: Arguments, name: string, fallback: number): number {
  return args[name] === undefined ? fallback : integerOf(args, name);
}

export function flagOf(args: Arguments, name: string): boolean {
  const value = args[name] ?? false;
  if (typeof value !== 'boolean') throw wrong(name, 'true or false');
  return value;
}

export function recordOf(args: Arguments, name: string): Arguments {
  const value = args[name];
  if (!isRecord(value)) throw wrong(name, 'a mapping');
  return value;
}

export function recordsOf(args: Arguments, name: string): readonly Arguments[] {
  const value = args[name];
  if (!Array.isArray(value) || !value.every(isRecord)) throw wrong(name, 'a list of mappings');
  return value;
}

/** A regular expression that must match the whole value; ASCII classes only, as the codes are. */
export function patternOf(args: Arguments, name: string): RegExp {
  try {
    return new RegExp(`^(?:${textOf(args, name)})$`, 'u');
  } catch (error) {
    throw new Error(`argument ${name}: not a regular expression`, { cause: error });
  }
}

/** An amount such as `0.01`, in thousandths. */
export function thousandthsOf(args: Arguments, name: string, fallback?: number): number {
  const value = args[name];
  if (value === undefined && fallback !== undefined) return fallback;
  if (typeof value !== 'number' && typeof value !== 'string') throw wrong(name, 'a decimal');
  const match = /^(-?\d{1,12})(?:\.(\d{1,3}))?$/.exec(String(value));
  if (match === null) throw wrong(name, 'a decimal of at most three places');
  const magnitude = Math.abs(Number(match[1])) * 1000 + Number((match[2] ?? '').padEnd(3, '0'));
  return String(value).startsWith('-') ? -magnitude : magnitude;
}
