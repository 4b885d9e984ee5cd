import { expect, test } from 'vitest';
import { followSignals } from './follow-signals.ts';

function follow(before: 'nothing' | 'signal' | 'abort' = 'nothing'): {
  said: string[];
  signal: AbortController;
  abort: AbortController;
  leave: () => void;
} {
  const said: string[] = [];
  const signal = new AbortController();
  const abort = new AbortController();
  if (before === 'signal') signal.abort();
  if (before === 'abort') abort.abort();
  const leave = followSignals(
    { signal: signal.signal, abort: abort.signal },
    { drain: () => said.push('drain'), cut: () => said.push('cut') },
  );
  return { said, signal, abort, leave };
}

test('the first sign asks to finish, the second cuts', () => {
  const { said, signal, abort } = follow();
  signal.abort();
  expect(said).toEqual(['drain']);
  abort.abort();
  expect(said).toEqual(['drain', 'drain', 'cut']);
});

test('a sign that was given before counts', () => {
  expect(follow('signal').said).toEqual(['drain']);
  expect(follow('abort').said).toEqual(['drain', 'cut']);
});

test('whoever left hears nothing more', () => {
  const { said, signal, abort, leave } = follow();
  leave();
  signal.abort();
  abort.abort();
  expect(said).toEqual([]);
});
