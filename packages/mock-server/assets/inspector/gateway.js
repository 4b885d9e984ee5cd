// @ts-check
const SLOT = 'bhxh-admin-key';

/** The key came in the address behind `#`, which browsers do not send; it leaves the address at once. */
let key = sessionStorage.getItem(SLOT) ?? '';
const given = /^#key=(.+)$/.exec(location.hash)?.[1];
if (given !== undefined) {
  useKey(decodeURIComponent(given));
  history.replaceState(null, '', location.pathname);
}

/** @param {string} text */
export function useKey(text) {
  key = text.trim();
  sessionStorage.setItem(SLOT, key);
}

export const hasKey = () => key !== '';

/** The server does not know the key. */
export class KeyRefused extends Error {}

/** The server answered with a problem; the message is its title. */
export class ControlRefused extends Error {}

/**
 * @param {string} path below `/control/`
 * @param {{ method?: string, body?: unknown }} [request]
 */
async function call(path, { method = 'GET', body } = {}) {
  const answer = await fetch(`../control/${path}`, {
    method,
    headers: {
      'x-bhxh-admin-key': key,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.status === 401) throw new KeyRefused();
  if (!answer.ok) throw new ControlRefused(String((await answer.json()).title));
  return answer;
}

/** @param {string} path */
export const read = async (path) => (await call(path)).json();

/** @param {string} path */
export const readBytes = async (path) => new Uint8Array(await (await call(path)).arrayBuffer());

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 */
export const change = async (method, path, body) => (await call(path, { method, body: body ?? {} })).json();
