import type { Connection } from '../store/store.ts';

/**
 * Whether an account may come with this client certificate. An account for which certificates are registered comes with
 * one of them or not at all; one that is revoked counts no more at the next call.
 */
export async function mayComeWith(
  connection: Connection,
  accountId: string,
  thumbprint: string | undefined,
): Promise<boolean> {
  const known = await connection
    .selectFrom('client_certificate')
    .select(['thumbprint', 'status'])
    .where('account_id', '=', accountId)
    .execute();
  if (known.length === 0) return true;
  return known.some((one) => one.thumbprint === thumbprint && one.status === 'active');
}
