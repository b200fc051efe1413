import { someCidrHolds } from '../../../api/ip-block.ts';
import type { IPAddress, Service, ServiceCIDR } from '../../../api/kinds.ts';
import type { KubeObject } from '../../../api/object.ts';
import { ensureServiceCidr } from '../../bootstrap.ts';
import type { ServerContext } from '../../context.ts';
import type { Store } from '../store.ts';
import type { AddressUpkeep } from './address-upkeep.ts';
import { ADDRESS_LABELS, addressesOf, releaseAddress, takeAddress } from './service-addresses.ts';
import { tell } from './warning-event.ts';

/** A Service that is being created has its address before it is stored itself. */
const GRACE_MS = 60_000;
const DEFAULT = 'kubernetes';

export const addressUpkeep: AddressUpkeep = {
  repair(server) {
    if (isRight(server)) return undefined;
    return server.sim.trace.during({ component: 'kube-apiserver', key: 'ipallocator-repair-controller' }, () => {
      const store = server.resources.get('networking.k8s.io/v1/ipaddresses')!.store;
      for (const service of server.lookup.all('services') as readonly Service[]) repairService(server, store, service);
      const leaks = (server.lookup.all('ipaddresses') as readonly IPAddress[])
        .filter(isManaged)
        .map((address) => repairAddress(server, store, address))
        .filter((delayMs) => delayMs !== undefined);
      return leaks.length === 0 ? undefined : Math.min(...leaks);
    });
  },
  defaultRange(server) {
    const { addresses, lookup } = server;
    const cidr = lookup('servicecidrs', '', DEFAULT) as ServiceCIDR | undefined;
    if (cidr === undefined) ensureServiceCidr(server);
    else if (cidr.metadata.deletionTimestamp === undefined && cidr.spec?.cidrs?.[0] !== addresses.range) {
      const note = `The default ServiceCIDR [${cidr.spec?.cidrs?.join(' ')}] does not match the controller flag configurations [${addresses.range}]`;
      const about = { reason: 'KubernetesDefaultServiceCIDRInconsistent', note };
      tell(server, cidr, { ...about, component: 'kubernetes-service-cidr-controller' });
    }
  },
};

const REPAIRER = { component: 'ipallocator-repair-controller' };

function repairService(server: ServerContext, store: Store, service: Service): void {
  const { namespace = '', name } = service.metadata;
  const warn = (reason: string, note: string) =>
    tell(server, service, { ...REPAIRER, action: 'ClusterIPAllocation', reason, note });
  for (const address of addressesOf(service)) {
    const cidrs = (server.lookup.all('servicecidrs') as readonly ServiceCIDR[]).flatMap(
      ({ spec }) => spec?.cidrs ?? [],
    );
    const found = store.find('', address) as IPAddress | undefined;
    const owner = found && ownerOf(server, found);
    if (!someCidrHolds(cidrs, address)) {
      const why = 'is not within any configured Service CIDR; please recreate service';
      warn('ClusterIPOutOfRange', `Cluster IP [IPv4]: ${address} ${why}`);
    } else if (found === undefined) {
      warn('ClusterIPNotAllocated', `Cluster IP [IPv4]: ${address} is not allocated; repairing`);
      takeAddress(store, address, service);
    } else if (!isOfService(found) || (owner === undefined && !isOf(found, service))) {
      const why = `for Service ${namespace}/${name} has a wrong reference; repairing`;
      warn('ClusterIPNotAllocated', `the ClusterIP [IPv4]: ${address} ${why}`);
      retake(store, address, service);
    } else if (!isOf(found, service) && addressesOf(owner).includes(address)) {
      const why = 'was assigned to multiple services; please recreate service';
      warn('ClusterIPAlreadyAllocated', `Cluster IP [IPv4]:${address} ${why}`);
    } else if (!isLabelled(found)) retake(store, address, service);
  }
}

function retake(store: Store, address: string, service: Service): void {
  releaseAddress(store, address);
  takeAddress(store, address, service);
}

/** Lets an address go that no Service has; returns in how many milliseconds that may be, if not now. */
function repairAddress(server: ServerContext, store: Store, address: IPAddress): number | undefined {
  const { name, creationTimestamp } = address.metadata;
  const { group = '', resource = '', namespace = '', name: parent = '' } = address.spec?.parentRef ?? {};
  const warn = (reason: string, note: string) =>
    tell(server, address, { ...REPAIRER, action: 'IPAddressAllocation', reason, note });
  const owner = ownerOf(server, address);
  if (addressesOf(owner).includes(name)) return undefined;
  if (!isOfService(address)) {
    const why = `appears to have been modified, not referencing a Service &{${group} ${resource} ${namespace} ${parent}}`;
    warn('IPAddressNotAllocated', `IPAddress ${name} ${why}: cleaning up`);
  } else if (owner === undefined) {
    const leftMs = GRACE_MS - (server.clock.nowMs - Date.parse(creationTimestamp));
    if (leftMs >= 0) return leftMs + 1;
    const why = 'appears to have leaked: cleaning up';
    warn('IPAddressNotAllocated', `IPAddress: ${name} for Service ${namespace}/${parent} ${why}`);
  } else {
    const why = 'has a wrong reference; cleaning up';
    warn('IPAddressWrongReference', `IPAddress: ${name} for Service ${namespace}/${parent} ${why}`);
  }
  releaseAddress(store, name);
  return undefined;
}

function ownerOf({ lookup }: ServerContext, address: IPAddress): Service | undefined {
  const { namespace = '', name = '' } = address.spec?.parentRef ?? {};
  return isOfService(address) ? (lookup('services', namespace, name) as Service | undefined) : undefined;
}

function isOfService({ spec }: IPAddress): boolean {
  return (spec?.parentRef?.group ?? '') === '' && spec?.parentRef?.resource === 'services';
}

function isOf({ spec }: IPAddress, { metadata }: Service): boolean {
  return spec?.parentRef?.namespace === metadata.namespace && spec?.parentRef?.name === metadata.name;
}

function isLabelled({ metadata }: KubeObject): boolean {
  return Object.entries(ADDRESS_LABELS).every(([label, value]) => metadata.labels?.[label] === value);
}

/** Whether an IPAddress is one of those that the server has made for Services. */
function isManaged({ metadata }: IPAddress): boolean {
  return metadata.labels?.['ipaddress.kubernetes.io/managed-by'] === 'ipallocator.k8s.io';
}

/** As it nearly always is: each address stands for its Service's, and none is left over. */
function isRight({ lookup }: ServerContext): boolean {
  const addresses = (lookup.all('ipaddresses') as readonly IPAddress[]).filter(isManaged);
  const owners = new Map(addresses.map((address) => [address.metadata.name, address]));
  for (const service of lookup.all('services') as readonly Service[]) {
    for (const name of addressesOf(service)) {
      const address = owners.get(name);
      if (address === undefined || !isOf(address, service) || !isOfService(address) || !isLabelled(address))
        return false;
      owners.delete(name);
    }
  }
  return owners.size === 0;
}
