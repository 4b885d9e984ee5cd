import { type ClaimsGateway, createClaimsGateway, type GatewayParts } from './claims/gateway.ts';
import { createPipeline } from './transport/pipeline.ts';
import type { ClientOptions } from './transport/pipeline.ts';

export type { ClientOptions } from './transport/pipeline.ts';

/** Typed calls to the claims gateway, with one token, one retry budget and one rate limit behind all of them. */
export interface ClaimsClient extends ClaimsGateway {
  readonly facility: string;
  readonly environment: GatewayParts['environment'];
  /**
   * Milliseconds by which the server's clock is ahead of ours (below zero: behind), as far as its latest answer shows;
   * undefined before the first answer.
   */
  readonly clockSkew: number | undefined;
  /** Logs in unless a token is live. The token itself never leaves the client. */
  login(options?: { readonly again?: boolean }): Promise<{ readonly expiresAt: Date }>;
  /** Waits for calls under way, then closes the connections. */
  close(): Promise<void>;
}

/**
 * Opens the claims gateway of one facility account. Nothing is sent before the first call.
 *
 * ```ts
 * const client = createClient({
 *   environment: 'mock',
 *   url: 'http://127.0.0.1:8080',
 *   facility: '99001',
 *   credentials: { username: '99001_BV', password: () => readPassword() },
 *   now: () => new Date(),
 * });
 * const receipt = await client.sendClaim(signedFile);
 * ```
 *
 * @throws BhxhError `usage` for an unsafe or missing address; every call throws BhxhError with the gateway's own code
 * and text in `official`, and `unknown-outcome` when a document may have been stored without an answer
 */
export function createClient(options: ClientOptions): ClaimsClient {
  const pipeline = createPipeline(options);
  return {
    ...createClaimsGateway(pipeline),
    facility: pipeline.facility,
    environment: pipeline.environment,
    get clockSkew() {
      return pipeline.clockSkew.milliseconds;
    },
    async login({ again = false } = {}) {
      if (again) pipeline.session.reset();
      const token = await pipeline.session.token();
      return { expiresAt: new Date(token.expiresAt) };
    },
    close: () => pipeline.close(),
  };
}
