import type { RevocationFetcher } from '@bhxh/signing';

/**
 * Asks revocation services, but only hosts that the site has listed (`revocationHosts` of the configuration): the addresses
 * stand in certificates, which anybody can write. Never follows a redirect, and never reads more than was asked for.
 */
export function revocationFetcher(hosts: readonly string[]): RevocationFetcher {
  const allowed = new Set(hosts.map((host) => host.toLowerCase()));
  return async ({ url, method, contentType, body, maxBytes, signal }) => {
    const { protocol, host, hostname, username } = new URL(url);
    const isListed = allowed.has(host.toLowerCase()) || allowed.has(hostname.toLowerCase());
    if (!/^https?:$/.test(protocol) || !isListed || username !== '') throw new Error('host not listed');
    const answer = await fetch(url, {
      method,
      redirect: 'error',
      signal,
      ...(contentType === undefined ? {} : { headers: { 'content-type': contentType } }),
      ...(body === undefined ? {} : { body: Uint8Array.from(body) }),
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of answer.body ?? []) {
      length += (chunk as Uint8Array).length;
      if (length > maxBytes) throw new Error('too large');
      chunks.push(chunk as Uint8Array);
    }
    return Buffer.concat(chunks);
  };
}
