import { changePassword } from '../../accounts/accounts.ts';
import { passwordFault, type PasswordFault } from '../../accounts/passwords.ts';
import { wirePassword } from '../../accounts/secrets.ts';
import { callerOf } from '../../accounts/session-of-call.ts';
import type { ServerContext } from '../../context.ts';
import { problem } from '../../problem.ts';
import { gatewayReply } from '../reply-shapes.ts';
import { refusedLogin, type Handler } from '../rest-call.ts';
import { guarded } from './guard.ts';

const faults: Readonly<Record<PasswordFault, string>> = {
  TOO_SHORT: 'A password has at least 12 characters',
  TOO_LONG: 'A password has at most 128 characters',
  BREACHED: 'This password is one that attackers try first',
  LIKE_NAME: 'The password holds the name of the account',
};

/** PUT /accounts/v1/password. Whoever found a session open cannot change the password without knowing it. */
export function changePasswordRoute(server: ServerContext): Handler {
  return guarded(server, 'changePassword', async (call, { account }, body) => {
    const next = String(body['new']);
    const current = wirePassword(String(body['current']));
    const found = await server.sessions.authenticate(account.username, current, callerOf(call));
    if (found === undefined) return refusedLogin({ outcome: 'refused' });
    if (found === 'locked') return refusedLogin({ outcome: 'locked' });
    if (found === 'wait') return refusedLogin({ outcome: 'wait', milliseconds: 1_000 });
    const fault = passwordFault(next, account.username);
    if (fault !== undefined) return problem({ status: 400, code: `PASSWORD_${fault}`, title: faults[fault] });
    if (wirePassword(next) === current)
      return problem({ status: 400, code: 'PASSWORD_SAME', title: 'The new password is the old one' });
    await changePassword(server.store, server.clock, account, next, server.audit);
    return gatewayReply({ changed: true });
  });
}
