import { randomInt, randomUUID } from 'node:crypto';
import { digest, sameText } from '../accounts/secrets.ts';
import type { ServerContext } from '../context.ts';
import { openLifecycle } from '../dossiers/lifecycle.ts';
import { Refused } from '../problem.ts';
import { plainName, sameBirthDate } from '../register/find-card.ts';
import type { Connection } from '../store/store.ts';

export interface CodeQuestion {
  /** Mã số BHXH (10) or personal id (12). */
  readonly number: string;
  readonly fullName: string;
  readonly birthDate: string;
  /** SHA-256 of the dossier that the code is to stand for, lower hex. */
  readonly sha256: string;
}

/** Looks the same whether or not a code went out, so that nobody can be searched for. */
export interface CodeAnswer {
  readonly codeId: string;
  readonly expiresAt: string;
  readonly digits: number;
}

const hashOf = (id: string, code: string): string => digest(`${id} ${code}`);

/**
 * Sends a code to the phone that the register knows, for one dossier.
 *
 * @throws Refused CODE_TOO_SOON
 */
export async function sendCode(server: ServerContext, question: CodeQuestion): Promise<CodeAnswer> {
  const { store, clock, specifications } = server;
  const { codeDigits, codeMinutes, codeEvery } = openLifecycle(specifications).individuals;
  const now = clock.now().getTime();
  const answer: CodeAnswer = {
    codeId: randomUUID(),
    expiresAt: new Date(now + codeMinutes * 60_000).toISOString(),
    digits: codeDigits,
  };
  const person = await store.read
    .selectFrom('person')
    .innerJoin('contact', 'contact.owner', 'person.bhxh_number')
    .select(['person.bhxh_number', 'person.full_name', 'person.birth_date', 'contact.phone'])
    .where(question.number.length === 12 ? 'person.cccd' : 'person.bhxh_number', '=', question.number)
    .executeTakeFirst();
  const isKnown =
    person !== undefined &&
    person.phone !== null &&
    plainName(question.fullName) === plainName(person.full_name) &&
    sameBirthDate(question.birthDate, person.birth_date);
  if (!isKnown) return answer;
  const code = String(randomInt(10 ** codeDigits)).padStart(codeDigits, '0');
  await store.write(async (connection) => {
    await store.lock(connection, `code ${person.bhxh_number}`);
    const last = await connection
      .selectFrom('one_time_code')
      .select((s) => s.fn.max('issued_at').as('at'))
      .where('bhxh_number', '=', person.bhxh_number)
      .executeTakeFirst();
    const wait = last?.at === null || last === undefined ? 0 : Number(last.at) + codeEvery * 1_000 - now;
    if (wait > 0)
      throw new Refused({
        status: 429,
        code: 'CODE_TOO_SOON',
        title: 'A code went out a moment ago',
        headers: { 'Retry-After': String(Math.ceil(wait / 1_000)) },
      });
    await connection
      .insertInto('one_time_code')
      .values({
        id: answer.codeId,
        bhxh_number: person.bhxh_number,
        sha256: question.sha256,
        code_hash: hashOf(answer.codeId, code),
        failures: 0,
        issued_at: now,
        expires_at: now + codeMinutes * 60_000,
        used_at: null,
      })
      .execute();
    await connection
      .insertInto('event')
      .values({
        at: now,
        type: 'otp.issued',
        facility: null,
        subject: person.bhxh_number,
        data: JSON.stringify({ phone: person.phone, code, expiresAt: answer.expiresAt }),
        // A secret between the office and one phone: nobody else is told.
        relayed: 1,
      })
      .execute();
  });
  return answer;
}

const refused = (code: string, title: string): Refused => new Refused({ status: 403, code, title });

/**
 * Whose code it is, after holding it against what was sent; a wrong one is counted.
 *
 * @throws Refused CODE_WRONG (also for one that never was), CODE_LOCKED, CODE_EXPIRED, CODE_USED, DOSSIER_DIFFERS
 */
export async function checkCode(
  { store, clock, specifications }: ServerContext,
  given: { readonly codeId: string; readonly code: string; readonly sha256: string },
): Promise<string> {
  const { codeAttempts } = openLifecycle(specifications).individuals;
  // The count must stay when the answer is no, so the refusal is thrown outside.
  const outcome = await store.write(async (connection): Promise<string | Refused> => {
    await store.lock(connection, `code ${given.codeId}`);
    const row = await connection
      .selectFrom('one_time_code')
      .selectAll()
      .where('id', '=', given.codeId)
      .executeTakeFirst();
    if (row === undefined) return refused('CODE_WRONG', 'The code is wrong');
    if (row.failures >= codeAttempts)
      return refused('CODE_LOCKED', 'Too many wrong codes; ask for another one');
    if (!sameText(row.code_hash, hashOf(row.id, given.code))) {
      await connection
        .updateTable('one_time_code')
        .set({ failures: row.failures + 1 })
        .where('id', '=', row.id)
        .execute();
      return refused('CODE_WRONG', 'The code is wrong');
    }
    if (row.used_at !== null) return refused('CODE_USED', 'The code was used already');
    if (Number(row.expires_at) <= clock.now().getTime())
      return refused('CODE_EXPIRED', 'The code has expired; ask for another one');
    if (row.sha256 !== given.sha256)
      return refused('DOSSIER_DIFFERS', 'The code was sent for another dossier');
    return row.bhxh_number;
  });
  if (outcome instanceof Refused) throw outcome;
  return outcome;
}

/**
 * Marks a code used, in the transaction that stores its dossier.
 *
 * @throws Refused CODE_USED
 */
export async function useCode(connection: Connection, codeId: string, at: Date): Promise<void> {
  const used = await connection
    .updateTable('one_time_code')
    .set({ used_at: at.getTime() })
    .where('id', '=', codeId)
    .where('used_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (used === undefined) throw refused('CODE_USED', 'The code was used already');
}
