import type { Clock } from '../clock/clock.ts';
import { ATTEMPTS } from '../jobs/attempt-job.ts';
import type { Store } from '../store/store.ts';

/** What is counted of a finished call: where it went and how it ended, never whose it was. */
export interface CountedCall {
  /** Path of the operation as described, not as called; `other` where there is none. */
  readonly route: string;
  readonly status: number;
  /** Official code of a refusal; the gateway says 200 over HTTP whatever it means. */
  readonly result: string;
  readonly seconds: number;
}

export interface Metrics {
  count(call: CountedCall): void;
  /** Prometheus text, version 0.0.4: this process's calls, and the store's queue. */
  show(): Promise<string>;
}

interface Spent {
  calls: number;
  seconds: number;
}

export function createMetrics(store: Store, clock: Clock): Metrics {
  const calls = new Map<string, number>();
  const spent = new Map<string, Spent>();
  return {
    count({ route, status, result, seconds }) {
      const labels = `route="${route}",status="${status}",result="${result}"`;
      calls.set(labels, (calls.get(labels) ?? 0) + 1);
      const before = spent.get(route) ?? { calls: 0, seconds: 0 };
      spent.set(route, { calls: before.calls + 1, seconds: before.seconds + seconds });
    },
    async show() {
      const now = clock.now().getTime();
      const waiting = await store.read
        .selectFrom('job')
        .select((s) => [s.fn.countAll().as('jobs'), s.fn.min('due_at').as('oldest')])
        .where('attempts', '<', ATTEMPTS)
        .executeTakeFirst();
      const failed = await store.read
        .selectFrom('job')
        .select((s) => s.fn.countAll().as('jobs'))
        .where('attempts', '>=', ATTEMPTS)
        .executeTakeFirst();
      const age = Math.max(0, now - Number(waiting?.oldest ?? now)) / 1_000;
      return [
        '# HELP bhxh_requests_total Calls answered by this process.',
        '# TYPE bhxh_requests_total counter',
        ...[...calls].map(([labels, value]) => `bhxh_requests_total{${labels}} ${value}`),
        '# HELP bhxh_request_seconds Time spent on calls by this process.',
        '# TYPE bhxh_request_seconds summary',
        ...[...spent].flatMap(([route, { calls: count, seconds }]) => [
          `bhxh_request_seconds_sum{route="${route}"} ${seconds.toFixed(6)}`,
          `bhxh_request_seconds_count{route="${route}"} ${count}`,
        ]),
        '# HELP bhxh_jobs_waiting Checks that are due or will be.',
        '# TYPE bhxh_jobs_waiting gauge',
        `bhxh_jobs_waiting ${Number(waiting?.jobs ?? 0)}`,
        '# HELP bhxh_jobs_given_up Checks that failed too often and wait for a restart.',
        '# TYPE bhxh_jobs_given_up gauge',
        `bhxh_jobs_given_up ${Number(failed?.jobs ?? 0)}`,
        '# HELP bhxh_oldest_job_age_seconds How long the oldest check is overdue, by the clock of the server.',
        '# TYPE bhxh_oldest_job_age_seconds gauge',
        `bhxh_oldest_job_age_seconds ${age}`,
        '',
      ].join('\n');
    },
  };
}
