import { ConfigurationError } from './configuration.ts';
import { NftablesProxier } from './nftables/nftables-proxier.ts';
import type { OtherModes } from './proxier.ts';

/** The modes that a cluster does not begin with. */
export const otherModes: OtherModes = (mode) => {
  if (mode === 'nftables') return new NftablesProxier();
  throw new ConfigurationError(`can't use the proxy mode "${mode}": only iptables and nftables are there`);
};
