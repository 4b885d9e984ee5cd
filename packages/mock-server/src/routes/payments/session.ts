import { X509Certificate } from 'node:crypto';
import { bilateralBanks } from '@bhxh/sdk/payments/ledger';
import { callerOf } from '../../accounts/session-of-call.ts';
import { wirePassword } from '../../accounts/secrets.ts';
import { isoDay } from '../../clock/vietnam-time.ts';
import type { ServerContext } from '../../context.ts';
import { businessDay } from '../../payments/business-day.ts';
import { paymentsOf } from '../../payments/context.ts';
import {
  findParty,
  fingerprintOf,
  partyOfAccount,
  registerPartyCertificate,
  requireLive,
} from '../../payments/parties.ts';
import { extendedCutOff } from '../../payments/records.ts';
import { refusePayment } from '../../payments/refuse.ts';
import { bearerOf, readJson, refusedLogin, scriptedAnswer, type Handler } from '../rest-call.ts';
import { gatewayReply } from '../reply-shapes.ts';
import { bankOperation, guardedParty, jsonReply } from './guard.ts';

/** POST /payments/v1/sessions. */
export function openBankSessionRoute(server: ServerContext): Handler {
  const operation = bankOperation(server, 'openBankSession');
  return async (call) => {
    const scripted = scriptedAnswer(call);
    if (scripted !== undefined) return scripted;
    const body = await readJson(call, operation);
    const username = String(body['username']);
    const password = wirePassword(String(body['password']));
    const result = await server.sessions.login(username, password, callerOf(call));
    if (result.outcome !== 'ok') return refusedLogin(result);
    const account = await server.store.read
      .selectFrom('account')
      .select('id')
      .where('username', '=', username)
      .executeTakeFirstOrThrow();
    const party = await partyOfAccount(server.store.read, account.id);
    if (party === undefined) throw refusePayment('NO_PARTY');
    if (party.side === 'bank') requireLive(server.specifications, party.code, server.clock.now());
    return gatewayReply({
      token: bearerOf(result.accessToken, result.idToken),
      expiresAt: result.expiresAt.toISOString(),
      party: party.code,
      side: party.side,
      duties: party.duties,
    });
  };
}

/** GET /payments/v1/certificates/{party}. */
export function readPartyCertificateRoute(server: ServerContext): Handler {
  return guardedParty(server, 'readPartyCertificate', async (call) => {
    const party = await findParty(server.store.read, call.req.param('party') ?? '');
    if (party === undefined) throw refusePayment('NOT_YOURS');
    return new Response(await paymentsOf(server).keys.certificate(party.code), {
      headers: { 'Content-Type': 'application/x-pem-file' },
    });
  });
}

/** POST /payments/v1/certificates: the own certificate; between VSS and a bank that is agreed on paper. */
export function registerPartyCertificateRoute(server: ServerContext): Handler {
  return guardedParty(server, 'registerPartyCertificate', async (_call, session, body) => {
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(String(body['pem']));
    } catch {
      throw refusePayment('CERTIFICATE_UNREADABLE');
    }
    await server.store.write((connection) =>
      registerPartyCertificate(connection, session.party.code, certificate),
    );
    return jsonReply(JSON.stringify({ fingerprint: fingerprintOf(certificate) }), 201);
  });
}

/** GET /payments/v1/banks. */
export function findBanksRoute(server: ServerContext): Handler {
  return guardedParty(server, 'findBanks', async (call) => {
    const on = call.req.query('on') ?? isoDay(server.clock.now());
    return await Promise.resolve(
      gatewayReply({
        banks: bilateralBanks(server.specifications).map(({ code, liveFrom, label }) => ({
          code,
          status: liveFrom !== undefined && liveFrom <= on ? 'live' : 'announced',
          liveFrom: liveFrom ?? null,
          label,
        })),
      }),
    );
  });
}

/** GET /payments/v1/business-day. */
export function readBusinessDayRoute(server: ServerContext): Handler {
  return guardedParty(server, 'readBusinessDay', async (_call, { party }) => {
    const now = server.clock.now();
    const extended = await extendedCutOff(server.store.read, party.code, now);
    return gatewayReply(businessDay(server.specifications, now, extended));
  });
}
