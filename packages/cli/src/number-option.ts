import { cliError } from './cli-error.ts';
import { textOption, type OptionValues } from './command-context.ts';

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
}

/** The number of an option. Throws ERR_OPTION_INVALID with the bounds. */
export function numberOption(
  options: OptionValues,
  name: string,
  command: string,
  bounds: Bounds,
): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const value = /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  const fits =
    value >= bounds.least && value <= bounds.most && (bounds.whole !== true || Number.isInteger(value));
  if (!fits) {
    const option = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw cliError('ERR_OPTION_INVALID', {
      option,
      value: text,
      why: `${bounds.least} … ${bounds.most}`,
      command,
    });
  }
  return value;
}

/** A date option as `yyyy-MM-dd`. Throws ERR_OPTION_INVALID when it is not a real day. */
export function dateOption(options: OptionValues, name: string, command: string): string | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  if (day === undefined || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(text)) {
    throw cliError('ERR_OPTION_INVALID', { option: `--${name}`, value: text, why: 'yyyy-MM-dd', command });
  }
  return text;
}
