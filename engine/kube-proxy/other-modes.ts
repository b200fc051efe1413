import { ConfigurationError } from './configuration.ts';
import { IpvsProxier } from './ipvs/ipvs-proxier.ts';
import { NftablesProxier } from './nftables/nftables-proxier.ts';
import type { OtherModes } from './proxier.ts';

/** The modes that a cluster does not begin with. */
export const otherModes: OtherModes = (mode) => {
  if (mode === 'nftables') return new NftablesProxier();
  if (mode === 'ipvs') return new IpvsProxier();
  throw new ConfigurationError(`can't use the proxy mode "${mode}": it is gone since Kubernetes 1.26`);
};
