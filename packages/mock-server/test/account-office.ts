import { openContract } from '../src/contract/contract.ts';
import { answerOf, type Answer } from './hospital.ts';

const contract = openContract('accounts.yaml');

export interface AccountAnswer extends Answer {
  readonly problems: readonly unknown[];
}

/** Somebody with an account, who knows the description of the accounts API and nothing of the server. */
export interface AccountOffice {
  token(): string;
  refreshToken(): string;
  login(password?: string): Promise<AccountAnswer>;
  refresh(refreshToken?: string): Promise<AccountAnswer>;
  call(operation: string, method: string, path: string, body?: unknown): Promise<AccountAnswer>;
  /** Sends a document as it is. */
  put(operation: string, path: string, document: Uint8Array): Promise<AccountAnswer>;
}

export function openAccountOffice(
  url: string,
  account: { readonly username: string; readonly password: string },
): AccountOffice {
  let token = '';
  let refreshToken = '';
  const send = async (operation: string, path: string, init: RequestInit): Promise<AccountAnswer> => {
    const answer = await answerOf(
      await fetch(`${url}/accounts/v1/${path}`, {
        ...init,
        headers: {
          ...(token === '' ? {} : { Authorization: `Bearer ${token}` }),
          ...(init.headers as Record<string, string> | undefined),
        },
      }),
    );
    const type = answer.headers.get('content-type');
    const body = type?.includes('json') === true ? answer.body : answer.text;
    return {
      ...answer,
      problems: contract.get(operation)?.checkReply(answer.status, type, body) ?? ['unknown'],
    };
  };
  const keep = (answer: AccountAnswer): AccountAnswer => {
    if (answer.status === 200) {
      token = String(answer.body['token']);
      refreshToken = String(answer.body['refreshToken']);
    }
    return answer;
  };
  const call: AccountOffice['call'] = (operation, method, path, body) =>
    send(operation, path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    token: () => token,
    refreshToken: () => refreshToken,
    call,
    login: async (password = account.password) =>
      keep(await call('openAccountSession', 'POST', 'sessions', { username: account.username, password })),
    refresh: async (own = refreshToken) =>
      keep(await call('refreshAccountSession', 'POST', 'sessions/refresh', { refreshToken: own })),
    put: (operation, path, document) =>
      send(operation, path, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/xml' },
        body: Uint8Array.from(document),
      }),
  };
}
