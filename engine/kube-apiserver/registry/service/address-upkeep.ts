import type { IPAddress, Service } from '../../../api/kinds.ts';
import type { Timer } from '../../../sim/index.ts';
import type { ServerContext } from '../../context.ts';
import { addressesOf } from './service-addresses.ts';

/** From a write to the server's own look at it. */
const NOTICE_MS = 5;

/** What there is to do about addresses that are not as the server left them; until somebody has changed them, nobody asks. */
export interface AddressUpkeep {
  /** Mends what it can and tells of the rest; returns after how many milliseconds to look again. */
  repair(server: ServerContext): number | undefined;
  /** Sees to the ServiceCIDR `kubernetes`, which is not there, or not as the flag says. */
  defaultRange(server: ServerContext): void;
}

/**
 * Looks whether each cluster IP has its IPAddress and each IPAddress its Service, whenever one of them changes; the returned
 * function ends that. After `pkg/registry/core/service/ipallocator/controller/repairip.go`.
 */
export function followServiceAddresses(server: ServerContext, upkeep?: () => AddressUpkeep): () => void {
  const { resources, etcd, sim } = server;
  const watched = ['/v1/services', 'networking.k8s.io/v1/ipaddresses'].map((path) => resources.get(path)?.store);
  let timer: Timer | undefined;
  const look = (): void => {
    timer = undefined;
    if (upkeep === undefined || isRight(server)) return;
    const againMs = upkeep().repair(server);
    if (againMs !== undefined) lookIn(againMs);
  };
  const lookIn = (delayMs: number): void => {
    timer?.cancel();
    timer = sim.schedule(delayMs, 'ipallocator-repair-controller', look);
  };
  look();
  const watches = watched.map(
    (store) =>
      store && etcd.watch(store.prefix, etcd.revision + 1, { event: () => lookIn(NOTICE_MS), cancelled: () => {} }),
  );
  return () => {
    timer?.cancel();
    for (const watch of watches) watch?.cancel();
  };
}

/** Whether an IPAddress is one of those that the server has made for Services. */
export function isManaged({ metadata }: IPAddress): boolean {
  return metadata.labels?.['ipaddress.kubernetes.io/managed-by'] === 'ipallocator.k8s.io';
}

function isRight({ lookup }: ServerContext): boolean {
  const owners = new Map<string, string>();
  for (const address of lookup.all('ipaddresses') as readonly IPAddress[]) {
    const { namespace, name } = address.spec?.parentRef ?? {};
    if (isManaged(address)) owners.set(address.metadata.name, `${namespace}/${name}`);
  }
  for (const service of lookup.all('services') as readonly Service[]) {
    for (const address of addressesOf(service)) {
      if (owners.get(address) !== `${service.metadata.namespace}/${service.metadata.name}`) return false;
      owners.delete(address);
    }
  }
  return owners.size === 0;
}
