import type { Hono } from 'hono';
import type { AppEnvironment, ServerContext } from '../context.ts';
import { openControl } from '../routes/control.ts';
import { gatewayReply } from '../routes/reply-shapes.ts';
import { answerSms } from './inquiries.ts';

const NEWEST = 100;

/** The outbox as it can be read, where people are reached, and what they write. */
export function addNoticeRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  const route = openControl(app, server, server.control);
  route('listNotices', async (call) => {
    const query = (name: string): string | undefined => call.req.query(name);
    let rows = server.store.read.selectFrom('notice').selectAll();
    const [owner, kind, channel] = [query('owner'), query('kind'), query('channel')];
    if (owner !== undefined) rows = rows.where('owner', '=', owner);
    if (kind !== undefined) rows = rows.where('kind', '=', kind);
    if (channel !== undefined) rows = rows.where('channel', '=', channel as 'sms' | 'email');
    const found = await rows
      .orderBy('at', 'desc')
      .orderBy('id')
      .limit(Number(query('limit') ?? NEWEST))
      .execute();
    const isOpen = query('reveal') === '1';
    return gatewayReply({
      notices: found.map(({ source: _source, recipient, ...notice }) => ({
        ...notice,
        at: Number(notice.at),
        recipient: recipient === null || isOpen ? recipient : masked(recipient),
      })),
    });
  });
  route('setContact', async (call, body) => {
    const owner = call.req.param('owner') ?? '';
    const values = {
      phone: typeof body['phone'] === 'string' ? body['phone'] : null,
      email: typeof body['email'] === 'string' ? body['email'] : null,
    };
    await server.store.write((connection) =>
      connection
        .insertInto('contact')
        .values({ owner, ...values })
        .onConflict((conflict) => conflict.column('owner').doUpdateSet(values))
        .execute(),
    );
    return gatewayReply({ owner });
  });
  route('receiveSms', async (_call, body) =>
    gatewayReply(await answerSms(server, { from: String(body['from']), text: String(body['text']) })),
  );
}

/** The first two and the last three characters. */
const masked = (text: string): string =>
  text.length < 6 ? '***' : `${text.slice(0, 2)}${'*'.repeat(text.length - 5)}${text.slice(-3)}`;
