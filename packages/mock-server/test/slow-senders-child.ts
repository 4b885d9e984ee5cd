import { openSlowSenders } from './slow-senders.ts';

/** Slow senders in a process of their own, so that thousands of sockets do not slow down who measures the others. */
const [, , url = '', slow = '0', idle = '0', gap = '1000'] = process.argv;
const senders = await openSlowSenders(url, { slow: Number(slow), idle: Number(idle) }, Number(gap));
process.send?.('open');
await senders.untilClosed();
process.send?.(senders.endings());
senders.stop();
