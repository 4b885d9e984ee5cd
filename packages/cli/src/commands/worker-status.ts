import { setTimeout as wait } from 'node:timers/promises';
import {
  readSharedStatus,
  type LaneStatus,
  type SharedStatus,
  type WriterStatus,
} from '@bhxh/sdk/submission';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { workerMessages, type WorkerMessages } from '../messages/worker.ts';
import { numberOption } from '../number-option.ts';
import { sharedJournal } from '../sending/open-journal.ts';
import { textTable } from '../terminal/table.ts';

const command = 'worker status';
const defaultGap = 2;
const clearScreen = '\u001B[H\u001B[2J';

/** A small dashboard of workers and queues; with `--watch` it is drawn anew until Ctrl-C. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, signal, now, format } = context;
  const path = sharedJournal(context, command);
  const watching = options['watch'] !== undefined;
  const gap =
    textOption(options, 'watch') === undefined
      ? defaultGap
      : numberOption(options, 'watch', command, { least: 0.2, most: 3_600 })!;
  for (;;) {
    const status = await readSharedStatus(path, now);
    if (format === 'json')
      streams.write(`${JSON.stringify({ schema: 'bhxh-worker-status/1', ...status })}\n`);
    else streams.write(`${watching && streams.interactive ? clearScreen : ''}${dashboard(context, status)}`);
    if (!watching) return exitCodes.done;
    await wait(gap * 1000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return exitCodes.done;
  }
}

function dashboard(context: CommandContext, status: SharedStatus): string {
  const words = workerMessages[context.language];
  const { messages } = context;
  const at = new Date(status.at);
  const counts = Object.entries(status.counts).filter(([, count]) => count > 0);
  const told = counts.map(([state, count]) => `${count} ${state}`);
  const workers = textTable(
    [words.worker, messages.words.state, words.running, words.sent, words.since, words.seen],
    status.writers.map((writer) => workerRow(writer, words, at)),
  );
  const lanes = textTable(
    [
      words.sender,
      words.waiting,
      words.scheduled,
      words.sending,
      messages.words.unknown,
      messages.words.accepted,
      messages.words.rejected,
      words.oldest,
      words.deadline,
      words.perMinute,
      words.paused,
    ],
    status.lanes.map((lane) => laneRow(lane, at)),
  );
  return `${clock(at)}  ${status.path}\n${[...told, `${status.perMinute} ${words.perMinute}`].join(' · ')}\n\n${workers}\n${lanes}`;
}

function workerRow(writer: WriterStatus, words: WorkerMessages, at: Date): readonly string[] {
  const { host, pid, state, running, concurrency, sent, startedAt, seenAt } = writer;
  return [
    `${host} pid ${pid}`,
    words.states[state],
    `${running}/${concurrency}`,
    String(sent),
    clock(new Date(startedAt)),
    age(seenAt, at),
  ];
}

function laneRow(lane: LaneStatus, at: Date): readonly string[] {
  const { counts, oldestPlanned, oldestUnknown, nextDeadline, pausedUntil, pauseReason } = lane;
  const oldest = [oldestPlanned, oldestUnknown].filter((text) => text !== null).sort()[0];
  return [
    lane.sender,
    String(counts.planned),
    String(lane.scheduled),
    String(counts.sending),
    String(counts.unknown),
    String(counts.accepted + counts.confirmed),
    String(counts.rejected),
    oldest === undefined ? '' : age(oldest, at),
    nextDeadline?.slice(0, 16).replace('T', ' ') ?? '',
    String(lane.perMinute),
    pausedUntil === null ? '' : `${clock(new Date(pausedUntil))} ${pauseReason ?? ''}`.trimEnd(),
  ];
}

/** Vietnamese time of day. */
function clock(moment: Date): string {
  return new Date(moment.getTime() + 7 * 3_600_000).toISOString().slice(11, 19);
}

/** Seconds, minutes or hours with one sign, because a screen has few columns. */
function age(since: string, at: Date): string {
  const seconds = Math.max(0, Math.round((at.getTime() - Date.parse(since)) / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}
