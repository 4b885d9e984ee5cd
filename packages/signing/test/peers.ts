// Two implementations of XML Signature that this project did not write: xmlsec1 and javax.xml.crypto.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface JavaPeer {
  ask(...order: readonly string[]): Promise<string>;
  close(): void;
}

/** Compiles the peer into `folder` once and keeps one process for all orders. */
export function startJava(folder: string): JavaPeer {
  execFileSync('javac', ['-d', folder, fileURLToPath(new URL('Peer.java', import.meta.url))], {
    stdio: 'pipe',
  });
  const child = spawn('java', ['-XX:+UseSerialGC', '-cp', folder, 'Peer'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  return {
    ask: (...order) => {
      const answer = last.then(async () => {
        child.stdin.write(`${order.join('\t')}\n`);
        const { value, done } = await lines.next();
        return done === true ? 'error: the peer ended' : String(value);
      });
      last = answer;
      return answer;
    },
    close: () => child.stdin.end(),
  };
}

let knowsPss: boolean | undefined;

/** RSASSA-PSS came to xmlsec1 with version 1.3. */
export function xmlsecKnowsPss(): boolean {
  const list = () => execFileSync('xmlsec1', ['--list-transforms'], { encoding: 'utf8' });
  return (knowsPss ??= /rsa-pss|rsa-MGF1/i.test(list()));
}

export function xmlsecVerifies(path: string, anchorPem: string): boolean {
  const { status } = spawnSync('xmlsec1', [
    '--verify',
    '--id-attr:Id',
    'THONGTINHOSO',
    '--id-attr:Id',
    'Object',
    '--trusted-pem',
    anchorPem,
    '--verification-time',
    '2026-11-21 03:00:00',
    path,
  ]);
  return status === 0;
}

export function xmlsecSigns(template: string, out: string, keyPem: string, certificatePem: string): void {
  execFileSync(
    'xmlsec1',
    [
      '--sign',
      '--id-attr:Id',
      'THONGTINHOSO',
      '--privkey-pem',
      `${keyPem},${certificatePem}`,
      '--output',
      out,
      template,
    ],
    { stdio: 'pipe' },
  );
}
