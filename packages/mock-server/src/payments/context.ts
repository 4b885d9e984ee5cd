import { remittanceSyntax, type MessageProfile, messageProfile } from '@bhxh/sdk/payments/read';
import type { RemittanceSyntax } from '@bhxh/sdk/payments/read';
import { allocationData, allocationPolicy, type AllocationPolicy } from '@bhxh/sdk/payments/ledger';
import type { ServerContext } from '../context.ts';
import { openContract, type Contract } from '../contract/contract.ts';
import { createPartyKeys, type PartyKeys } from './party-keys.ts';

/** What the bank gateway works with, beside what the whole server has. */
export interface PaymentsContext {
  readonly server: ServerContext;
  readonly contract: Contract;
  readonly keys: PartyKeys;
  readonly syntax: RemittanceSyntax;
  readonly policy: AllocationPolicy;
  profile(id: string): MessageProfile;
}

const opened = new WeakMap<ServerContext, PaymentsContext>();

export function paymentsOf(server: ServerContext): PaymentsContext {
  const known = opened.get(server);
  if (known !== undefined) return known;
  const { specifications, store, clock } = server;
  let syntax: RemittanceSyntax | undefined;
  let policy: AllocationPolicy | undefined;
  const context: PaymentsContext = {
    server,
    contract: openContract('bank-gateway.yaml'),
    keys: createPartyKeys(store, clock),
    // Most servers never see a payment; what judges one is read with the first.
    get syntax() {
      return (syntax ??= remittanceSyntax(specifications));
    },
    get policy() {
      return (policy ??= allocationPolicy(allocationData(specifications)));
    },
    profile: (id) => messageProfile(specifications, id),
  };
  opened.set(server, context);
  return context;
}
