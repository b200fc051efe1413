import type { KindDescriptor } from '../api/descriptor.ts';
import type { EtcdClient } from '../etcd/index.ts';
import type { Simulation } from '../sim/index.ts';
import type { ServerContext } from './context.ts';
import { EventLeases } from './registry/event-leases.ts';
import { serviceAllocator } from './registry/service/allocation.ts';
import type { PortRange } from './registry/service/node-ports.ts';
import { storagePrefix } from './registry/storage-key.ts';
import { Store } from './registry/store.ts';
import type { RequestDraws } from './request-scope.ts';

interface StoreParts extends Pick<ServerContext, 'clock' | 'scope' | 'addresses'> {
  readonly random: RequestDraws;
}

interface StoreOptions {
  readonly sim: Simulation;
  readonly etcd: EtcdClient;
  readonly nodePortRange?: PortRange;
  readonly eventTtlSeconds?: number;
}

/** What makes the store of a kind. */
export function storeMaker(options: StoreOptions, { clock, random, scope, addresses }: StoreParts) {
  const { sim, etcd, nodePortRange, eventTtlSeconds } = options;
  const environment = { etcd, clock, random, eventLeases: new EventLeases(sim, etcd, eventTtlSeconds) };
  // What stands for addresses takes nothing from the uids and names that everything else draws.
  const forAddresses = { ...environment, random: scope.draws(sim.random('kube-apiserver/ipaddresses')) };
  const supplies = {
    etcd,
    addresses,
    random: scope.draws(sim.random('kube-apiserver/services')),
    nodePorts: nodePortRange,
  };
  return (kind: KindDescriptor): Store => {
    if (kind.plural !== 'services') return new Store(kind, kind.plural === 'ipaddresses' ? forAddresses : environment);
    return new Store(kind, environment, serviceAllocator({ ...supplies, prefix: storagePrefix(kind) }));
  };
}
