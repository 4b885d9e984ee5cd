import type { RestCall, RestOptions, RestPipeline } from './rest-pipeline.ts';
import { expiryOf, type Token } from './session.ts';

/** Opens a session by name and password at an interface that answers with one bearer token and its end. */
export async function loginByPassword(
  pipeline: RestPipeline,
  { credentials, now }: Pick<RestOptions, 'credentials' | 'now'>,
  call: Pick<RestCall, 'target' | 'onProblem'>,
): Promise<Token> {
  const { username } = credentials;
  const password =
    typeof credentials.password === 'string' ? credentials.password : await credentials.password();
  const { body } = await pipeline.call({
    ...call,
    operation: 'takeToken',
    effect: 'read',
    method: 'POST',
    body: { type: 'application/json', bytes: Buffer.from(JSON.stringify({ username, password })) },
    members: ['token'],
    needsToken: false,
  });
  return {
    accessToken: String(body['token']),
    idToken: '',
    expiresAt: expiryOf(body['expiresAt'], undefined, now()),
  };
}
