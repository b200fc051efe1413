import type { ServerContext } from '../../context.ts';
import { followStores } from '../../follow-stores.ts';

/** What there is to do about addresses that are not as the server left them. */
export interface AddressUpkeep {
  /** Mends what it can and tells of the rest; returns after how many milliseconds to look again. */
  repair(server: ServerContext): number | undefined;
  /** Sees to it that there is the ServiceCIDR `kubernetes`, and tells where it is not as the flag says. */
  defaultRange(server: ServerContext): void;
}

/** Nothing as long as it has not come: until then nobody can have changed anything. */
export type FindUpkeep = () => AddressUpkeep | undefined;

/**
 * Looks whether each cluster IP has its IPAddress and each IPAddress its Service, whenever one of them changes; the returned
 * function ends that. After `pkg/registry/core/service/ipallocator/controller/repairip.go`.
 */
export function followServiceAddresses(server: ServerContext, upkeep: FindUpkeep): () => void {
  const stores = ['/v1/services', 'networking.k8s.io/v1/ipaddresses'].map((path) => server.resources.get(path)!.store);
  return followStores(server, stores, 'ipallocator-repair-controller', () => upkeep()?.repair(server));
}
