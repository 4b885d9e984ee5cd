import { sameText } from '../accounts/secrets.ts';
import type { ServerContext } from '../context.ts';
import { SigningRefusal, textField, type Fields } from './signing-call.ts';

/** The account of the asking software, which repeats itself in every call of the SmartCA and SIM manners. */
export function checkProvider(server: ServerContext, fields: Fields, code: string): void {
  const { clientId, clientSecret } = server.signing.secrets;
  const isRight =
    sameText(textField(fields, 'sp_id') ?? '', clientId) &&
    sameText(textField(fields, 'sp_password') ?? '', clientSecret);
  if (!isRight) throw new SigningRefusal(401, code);
}
