import { isHeadless } from '../../../api/core/service-defaults.ts';
import { someCidrHolds } from '../../../api/ip-block.ts';
import type { IPAddress, Service, ServiceCIDR } from '../../../api/kinds.ts';
import type { KubeObject } from '../../../api/object.ts';
import type { RequestDraws as Draws } from '../../request-scope.ts';
import type { Store } from '../store.ts';
import { allocateClusterIp, SERVICE_CLUSTER_IP_RANGE } from './cluster-ips.ts';

/** By these labels IPAddresses are known that the API server has made for Services. */
export const ADDRESS_LABELS = {
  'ipaddress.kubernetes.io/ip-family': 'IPv4',
  'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
};

/**
 * Which addresses there are for Services, and which are taken: an IPAddress stands for each that is.
 * After `pkg/registry/core/service/ipallocator`. https://kubernetes.io/docs/tasks/network/extend-service-ip-ranges/
 */
export class ServiceAddresses {
  readonly #storeOf: (plural: string) => Store | undefined;
  /** `--service-cluster-ip-range` */
  readonly range: string;

  /** @param storeOf of kinds of the group `networking.k8s.io` */
  constructor(storeOf: (plural: string) => Store | undefined, range = SERVICE_CLUSTER_IP_RANGE) {
    this.#storeOf = storeOf;
    this.range = range;
  }

  /** The IPv4 ranges from which addresses may be had at present. */
  get #cidrs(): readonly string[] {
    const all = (this.#storeOf('servicecidrs')?.all() ?? []) as readonly ServiceCIDR[];
    // Until a server has made the first one, its flag says it.
    if (all.length === 0) return [this.range];
    return all.filter(isReady).flatMap(({ spec }) => (spec?.cidrs ?? []).filter((cidr) => !cidr.includes(':')));
  }

  #isTaken = (address: string): boolean => this.#storeOf('ipaddresses')?.find('', address) !== undefined;

  /** A free address of any range; undefined when all are full. */
  next(random: Draws): string | undefined {
    const cidrs = this.#cidrs;
    const start = cidrs.length > 1 ? Math.floor(random.float() * cidrs.length) : 0;
    for (let step = 0; step < cidrs.length; step++) {
      const address = allocateClusterIp(cidrs[(start + step) % cidrs.length]!, this.#isTaken, random);
      if (address !== undefined) return address;
    }
    return undefined;
  }

  /** Why an address that a client names cannot be had; undefined when it can. */
  refuse(address: string): string | undefined {
    if (address.includes(':') || !someCidrHolds(this.#cidrs, address))
      return 'the provided network does not match the current range';
    return this.#isTaken(address) ? 'provided IP is already allocated' : undefined;
  }

  /** Takes for a Service what it has now and had not before, and gives back the rest. */
  note(next: KubeObject | undefined, stored: KubeObject | undefined): void {
    const [now, before] = [addressesOf(next), addressesOf(stored)];
    const store = this.#storeOf('ipaddresses');
    if (store === undefined || now === before) return;
    for (const address of now) if (!before.includes(address)) takeAddress(store, address, next as Service);
    for (const address of before) if (!now.includes(address)) releaseAddress(store, address);
  }
}

function isReady({ metadata, status }: ServiceCIDR): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return metadata.deletionTimestamp === undefined && (ready === undefined || ready.status === 'True');
}

/** The cluster IPs of a Service that has some. */
export function addressesOf(object: KubeObject | undefined): readonly string[] {
  const spec = (object as Service | undefined)?.spec;
  return spec === undefined || isHeadless(spec) ? NONE : (spec.clusterIPs ?? NONE);
}

const NONE: readonly string[] = [];

/** Makes the IPAddress of a Service. @throws StatusError when there is one */
export function takeAddress(store: Store, name: string, { metadata }: Service): void {
  const { namespace = '', name: service } = metadata;
  const parentRef = { group: '', resource: 'services', namespace, name: service };
  const spec: IPAddress['spec'] = { parentRef };
  const object = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name, labels: ADDRESS_LABELS },
    spec,
  };
  store.create('', object as unknown as KubeObject, { dryRun: false, admit: (same) => same });
}

export function releaseAddress(store: Store, address: string): void {
  store.environment.etcd.delete(store.key('', address));
}
