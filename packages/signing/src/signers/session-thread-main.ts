// The thread that holds one session of a token and signs with it, one order after the other, while the next ones wait here.
import { parentPort, workerData } from 'node:worker_threads';
import type { Handle, Mechanism } from './cryptoki.ts';
import { CryptokiError } from './cryptoki.ts';
import { dropSession, renewSession } from './key-session.ts';
import { threadLoaders } from './modules.ts';
import type { ThreadHome, ThreadOrder, ThreadReport } from './session-thread.ts';

const port = parentPort;
if (port === null) throw new Error('session-thread-main runs as a worker thread only');
const home = workerData as ThreadHome;
const library = threadLoaders[home.loader](home.module);
const slot = ownHandle(home.slot);
const key = ownHandle(home.key.handle);
let session: Handle | undefined;

port.on('message', (order: ThreadOrder) => {
  if (order === 'close') {
    if (session !== undefined) dropSession(library, session);
    port.close();
  } else port.postMessage(outcomeOf(() => (order === 'open' ? open() : sign(order.data, order.mechanism))));
});

function open(): undefined {
  session = library.openSession(slot);
}

function sign(data: Uint8Array, mechanism: Mechanism): Uint8Array {
  library.signInit(session!, mechanism, key);
  try {
    return library.signHere(session!, data, home.key.signatureBytes);
  } catch (error) {
    session = renewSession(library, slot, session!);
    throw error;
  }
}

function outcomeOf(work: () => Uint8Array | undefined): ThreadReport {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CryptokiError)) throw error;
    return { returnValue: error.returnValue, functionName: error.functionName };
  }
}

/** Bytes arrive from another thread as a plain array, and pkcs11js wants a Buffer. */
function ownHandle(handle: Handle): Handle {
  return typeof handle === 'bigint' ? handle : Buffer.from(handle);
}
