const personal = new Set(
  [
    'hoTen',
    'maThe',
    'maTheCu',
    'maTheMoi',
    'ngaySinh',
    'diaChi',
    'maSoBHXH',
    'cccdCb',
    'hoTenCb',
    'TEMP1',
    'TEMP2',
    'maBhxh',
  ].map((name) => name.toLowerCase()),
);

/** A gateway's answer with its personal values shortened to their first two and last three characters. */
export function maskPersonal<Value>(value: Value): Value {
  return masked(value, '') as Value;
}

function masked(value: unknown, name: string): unknown {
  if (typeof value === 'string' && personal.has(name.toLowerCase())) return shorten(value);
  if (Array.isArray(value)) return value.map((item) => masked(item, name));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, key)]));
  }
  return value;
}

function shorten(text: string): string {
  const letters = [...text];
  if (letters.length <= 5) return '*'.repeat(letters.length);
  return `${letters.slice(0, 2).join('')}${'*'.repeat(letters.length - 5)}${letters.slice(-3).join('')}`;
}
