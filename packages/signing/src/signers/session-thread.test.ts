import { expect, test } from 'vitest';
import { SessionThread } from './session-thread.ts';

test.each(['pkcs11js', 'koffi'] as const)('a thread that cannot begin says so, by %s', async (loader) => {
  const handle = loader === 'koffi' ? 0n : Buffer.alloc(8);
  const opened = SessionThread.open({
    module: '/nonexistent/module.so',
    loader,
    slot: handle,
    key: { handle, signatureBytes: 256 },
  });
  await expect(opened).rejects.toMatchObject({ code: 'ERR_TOKEN', details: { part: 'thread' } });
});
