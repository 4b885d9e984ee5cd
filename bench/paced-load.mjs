// Calls at an even pace, whoever is late: an open loop. A client that waits for each answer before it sends the next call, or sends a second's calls all at once, measures itself.
import { Agent, request } from 'node:http';
import { createHistogram } from 'node:perf_hooks';

const GIVE_UP = 30_000;

/**
 * Sends the calls in turn, call `n` at `n / rate` seconds, each to the next of the addresses and over no more than so many
 * connections. Times count from the moment a call was due, so that waiting for a connection, or for a late client, is in them.
 */
export async function pacedLoad(calls, { urls, rate, seconds, connections, onAnswer }) {
  const agent = new Agent({ keepAlive: true, maxTotalSockets: connections, scheduling: 'fifo' });
  const hosts = urls.map((url) => new URL(url));
  const times = createHistogram();
  const total = rate * seconds;
  const state = { lost: 0, lastAnswer: 0 };
  const begun = performance.now();
  const due = (number) => begun + (1000 * number) / rate;

  const one = (number) =>
    new Promise((resolve) => {
      const { hostname, port } = hosts[number % hosts.length];
      const { body, ...call } = calls[number % calls.length];
      const end = (failed) => {
        if (failed) state.lost += 1;
        resolve();
      };
      const sent = request({ agent, hostname, port, ...call, timeout: GIVE_UP }, (answer) => {
        const pieces = [];
        answer.on('data', (piece) => pieces.push(piece));
        answer.on('error', () => end(true));
        answer.on('end', () => {
          state.lastAnswer = performance.now();
          const time = state.lastAnswer - due(number);
          times.record(Math.max(1, Math.round(1000 * time)));
          onAnswer(answer.statusCode, Buffer.concat(pieces).toString('utf8'), time);
          end(false);
        });
      });
      sent.on('timeout', () => sent.destroy(new Error('no answer')));
      sent.on('error', () => end(true));
      sent.end(body);
    });

  const sent = [];
  await new Promise((resolve) => {
    const send = () => {
      while (sent.length < total && due(sent.length) <= performance.now()) sent.push(one(sent.length));
      if (sent.length === total) resolve();
      else setTimeout(send, Math.max(0, due(sent.length) - performance.now()));
    };
    send();
  });
  await Promise.all(sent);
  agent.destroy();
  const at = (percentile) => Math.round(times.percentile(percentile) / 100) / 10;
  return {
    seconds: (state.lastAnswer - begun) / 1000,
    p50: at(50),
    p99: at(99),
    p999: at(99.9),
    lost: state.lost,
  };
}
