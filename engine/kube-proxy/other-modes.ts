import { IpvsProxier } from './ipvs/ipvs-proxier.ts';
import { NftablesProxier } from './nftables/nftables-proxier.ts';
import type { OtherModes, Proxier } from './proxier.ts';
import { UserspaceProxier } from './userspace/userspace-proxier.ts';

const PROXIERS = {
  ipvs: () => new IpvsProxier(),
  nftables: () => new NftablesProxier(),
  userspace: () => new UserspaceProxier(),
} satisfies Record<string, () => Proxier>;

/** The modes that a cluster does not begin with. */
export const otherModes: OtherModes = (mode) => PROXIERS[mode]();
