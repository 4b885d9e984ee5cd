import { homedir } from 'node:os';
import { join } from 'node:path';
import { gatewayError } from '../transport/gateway-error.ts';

/**
 * Where this user's journals and keys live: XDG_STATE_HOME or ~/.local/state on Linux, LOCALAPPDATA on Windows,
 * ~/Library/Application Support on macOS.
 *
 * @throws BhxhError `usage` naming the variable that is missing
 */
export function stateFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env['BHXH_STATE_HOME']) return env['BHXH_STATE_HOME'];
  if (platform === 'win32') return join(required(env, 'LOCALAPPDATA'), 'bhxh');
  if (platform === 'darwin') return join(home(env), 'Library', 'Application Support', 'bhxh');
  return join(env['XDG_STATE_HOME'] || join(home(env), '.local', 'state'), 'bhxh');
}

/** The variable that decides where the state folder is, to be named when it cannot be used. */
export function stateVariable(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env['BHXH_STATE_HOME']) return 'BHXH_STATE_HOME';
  if (platform === 'win32') return 'LOCALAPPDATA';
  return platform !== 'darwin' && env['XDG_STATE_HOME'] ? 'XDG_STATE_HOME' : 'HOME';
}

/** One journal per environment and sender, whatever paths are submitted. */
export function journalPath(folder: string, environment: string, sender: string): string {
  const safe = (text: string): string => text.replaceAll(/[^0-9A-Za-z._-]/g, '_');
  return join(folder, 'journals', `${environment}-${safe(sender)}.journal`);
}

function home(env: Readonly<Record<string, string | undefined>>): string {
  const folder = env['HOME'] || (env === process.env ? homedir() : '');
  return folder || required(env, 'HOME');
}

function required(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name];
  if (value) return value;
  throw gatewayError('ERR_STATE_FOLDER_UNKNOWN', { category: 'usage', retry: 'never', values: { name } });
}
