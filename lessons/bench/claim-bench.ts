import type { Claim } from './claim.ts';
import { LockClaim } from './lock-claim.ts';

/** By the browser's locks, which are there on secure origins only; elsewhere tabs agree among themselves. */
export async function claimOn(bench: string, onTaken: () => Promise<void>): Promise<Claim> {
  const name = `drydock/${bench}`;
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : undefined;
  if (navigator.locks !== undefined) return new LockClaim(name, channel, onTaken);
  const { SpokenClaim } = await import('./spoken-claim.ts');
  return new SpokenClaim(channel, onTaken);
}
