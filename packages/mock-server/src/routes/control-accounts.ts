import { createHash, X509Certificate } from 'node:crypto';
import type { Hono } from 'hono';
import { isAddressRule } from '../accounts/address-rules.ts';
import { entriesAfter } from '../audit/verify-audit.ts';
import type { AppEnvironment, ServerContext } from '../context.ts';
import { lockLookups } from '../lookup-lock/lookup-watch.ts';
import { problem, problems } from '../problem.ts';
import { readClientKey, unfitKey } from '../signed-requests/check-request.ts';
import { openControl } from './control.ts';
import type { Call } from './gateway-call.ts';
import { gatewayReply } from './reply-shapes.ts';

const PAGE = 200;

/** What an operator does with accounts, and the record of what everybody did. */
export function addAccountControlRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  const { store, clock, audit } = server;
  const route = openControl(app, server, server.control);
  const accountId = async (call: Call): Promise<string | undefined> =>
    (
      await store.read
        .selectFrom('account')
        .select('id')
        .where('username', '=', call.req.param('username') ?? '')
        .executeTakeFirst()
    )?.id;

  route('setAccountAddresses', async (call, body) => {
    const id = await accountId(call);
    if (id === undefined) return problems.notFound();
    const addresses = body['addresses'] as readonly string[] | null;
    if (addresses?.every(isAddressRule) === false)
      return problem({ status: 400, code: 'ADDRESS', title: 'An address or a network is none' });
    await store.write((connection) =>
      connection
        .updateTable('account')
        .set({
          addresses: addresses === null ? null : JSON.stringify(addresses),
          changed_at: clock.now().getTime(),
        })
        .where('id', '=', id)
        .execute(),
    );
    return gatewayReply({ addresses });
  });
  route('addClientKey', async (call, body) => {
    const account = await accountId(call);
    if (account === undefined) return problems.notFound();
    const key = readClientKey(String(body['pem']));
    if (key === undefined) return unfitKey();
    const id = String(body['id']);
    const isNew = await store.write(async (connection) => {
      const added = await connection
        .insertInto('client_key')
        .values({
          id,
          account_id: account,
          pem: key.export({ type: 'spki', format: 'pem' }).toString(),
          status: 'active',
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (added === undefined) return false;
      await connection
        .updateTable('account')
        .set({ signs_requests: body['required'] === false ? 0 : 1 })
        .where('id', '=', account)
        .execute();
      return true;
    });
    return isNew
      ? gatewayReply({ id })
      : problem({ status: 409, code: 'KEY_KNOWN', title: 'A key has this id; ids are never used again' });
  });
  route('removeClientKey', async (call) => {
    const account = await accountId(call);
    const revoked = await store.write((connection) =>
      connection
        .updateTable('client_key')
        .set({ status: 'revoked' })
        .where('id', '=', call.req.param('key') ?? '')
        .where('account_id', '=', account ?? '')
        .returning('id')
        .executeTakeFirst(),
    );
    return revoked === undefined ? problems.notFound() : gatewayReply({ id: revoked.id });
  });
  route('addClientCertificate', async (call, body) => {
    const account = await accountId(call);
    if (account === undefined) return problems.notFound();
    const thumbprint = thumbprintOf(String(body['pem']));
    if (thumbprint === undefined)
      return problem({
        status: 400,
        code: 'CERTIFICATE_UNREADABLE',
        title: 'This is not a certificate in PEM',
      });
    await store.write((connection) =>
      connection
        .insertInto('client_certificate')
        .values({ thumbprint, account_id: account, status: 'active' })
        .onConflict((conflict) =>
          conflict.column('thumbprint').doUpdateSet({ account_id: account, status: 'active' }),
        )
        .execute(),
    );
    return gatewayReply({ thumbprint });
  });
  route('removeClientCertificate', async (call) => {
    const account = await accountId(call);
    const revoked = await store.write((connection) =>
      connection
        .updateTable('client_certificate')
        .set({ status: 'revoked' })
        .where('thumbprint', '=', call.req.param('thumbprint') ?? '')
        .where('account_id', '=', account ?? '')
        .returning('thumbprint')
        .executeTakeFirst(),
    );
    return revoked === undefined ? problems.notFound() : gatewayReply(revoked);
  });
  route('readAudit', async (call) => {
    const after = Number(call.req.query('after') ?? 0);
    const entries = await entriesAfter(store, after, Number(call.req.query('limit') ?? PAGE));
    return gatewayReply({
      entries: entries.map(({ place, at, actor, action, subject, data, hash }) => ({
        place,
        at,
        actor,
        action,
        subject,
        data: JSON.parse(data) as unknown,
        hash,
      })),
    });
  });
  route('lockLookups', async (call) => {
    const facility = call.req.param('facility') ?? '';
    const known = await store.read
      .selectFrom('facility')
      .select('code')
      .where('code', '=', facility)
      .executeTakeFirst();
    if (known === undefined) return problems.notFound();
    const id = await store.write((connection) =>
      lockLookups(store, connection, audit, {
        facility,
        at: clock.now().getTime(),
        reason: { asked: 'control' },
        actor: 'control',
      }),
    );
    return gatewayReply({ id });
  });
}

/** SHA-256 of a certificate in PEM, lower hex; undefined for what is none. */
export function thumbprintOf(pem: string): string | undefined {
  try {
    return createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
  } catch {
    return undefined;
  }
}
