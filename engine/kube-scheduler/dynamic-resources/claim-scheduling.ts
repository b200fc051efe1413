import type { DeviceClass, ResourceClaim, ResourceSlice } from '../../api/extension-kinds.ts';
import type { Pod } from '../../api/kinds.ts';
import { canBeReserved, claimOf, isReservedFor, notCreatedYet, notOwned } from '../../api/resource/pod-claims.ts';
import { deviceClasses, resourceClaims, resourceSlices } from '../../api/resources.ts';
import { DeviceSelectors } from '../../cel/index.ts';
import type { ResourceClient } from '../../client/client.ts';
import { requiredTermsMatch } from '../../client/node-selector.ts';
import type { ClusterEvent } from '../cluster-event.ts';
import type { CycleState, StateKey } from '../cycle-state.ts';
import { FilterError, type Plugin, type PostFilterOutcome } from '../framework.ts';
import type { Handle, PluginFactory } from '../handle.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { type Rejection, unresolvable } from '../rejection.ts';
import { type Allocation, AllocationError, Allocator } from './allocator.ts';
import { ClaimTracker } from './claim-tracker.ts';
import { bindClaim, deallocate, releaseClaim } from './claim-writer.ts';
import { alternatives, requestsOf } from './device-requests.ts';

const NAME = 'DynamicResources';
const IN_USE = unresolvable('resourceclaim in use');
const NO_DEVICES = unresolvable('cannot allocate all claims');
const ELSEWHERE = unresolvable('resourceclaim not available on the node');
const NOT_KNOWN_YET = unresolvable('claims, classes and slices have not been read yet');

/** What was found out about a Pod's claims in one cycle. */
interface ClaimState {
  /** As they are; those that are written become what the server made of them. */
  readonly claims: ResourceClaim[];
  /** Absent where all have their devices. */
  readonly allocator: Allocator | undefined;
  /** What those of the allocator would get, by node. */
  readonly plans: Map<string, readonly Allocation[]>;
  /** Claims whose devices are not where the Pod could run. */
  readonly unavailable: Set<number>;
  /** What was decided, by the claims' uids. */
  readonly decided: Map<string, Allocation>;
}

const STATE: StateKey<ClaimState> = { name: NAME };

/**
 * What the plugin DynamicResources does for Pods with ResourceClaims: finds devices, and a node from which they can be used.
 * After `framework/plugins/dynamicresources/dynamicresources.go`. One for all profiles of a scheduler, since a device that one
 * has given is gone for the others.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
 */
export function claimScheduling(): PluginFactory {
  let plugin: Plugin | undefined;
  return (handle) => {
    plugin ??= new ClaimScheduling(handle);
    return plugin;
  };
}

class ClaimScheduling implements Plugin {
  readonly name = NAME;
  readonly #client: ResourceClient<ResourceClaim>;
  readonly #claims;
  readonly #slices;
  readonly #classes;
  readonly #tracker: ClaimTracker;
  readonly #selectors = new DeviceSelectors();

  constructor(handle: Handle) {
    this.#client = handle.client.resource(resourceClaims);
    this.#claims = handle.follow<ResourceClaim>(resourceClaims);
    this.#slices = handle.follow<ResourceSlice>(resourceSlices);
    this.#classes = handle.follow<DeviceClass>(deviceClasses);
    this.#tracker = new ClaimTracker(this.#claims.lister);
  }

  preEnqueue(pod: Pod): Rejection | undefined {
    if (![this.#claims, this.#slices, this.#classes].every(({ hasSynced }) => hasSynced)) return NOT_KNOWN_YET;
    const found = this.#claimsOf(pod);
    return typeof found === 'string' ? unresolvable(found) : undefined;
  }

  /** The Pod's claims; or why they cannot be had yet. */
  #claimsOf(pod: Pod): ResourceClaim[] | string {
    const { namespace } = pod.metadata;
    const claims: ResourceClaim[] = [];
    for (const podClaim of pod.spec.resourceClaims ?? []) {
      const named = claimOf(pod, podClaim);
      if (named === undefined) return notCreatedYet(pod);
      if (named.name === undefined) continue;
      const claim = this.#tracker.get(named.name, namespace);
      if (claim === undefined) return `resourceclaim.resource.k8s.io "${named.name}" not found`;
      if (claim.metadata.deletionTimestamp !== undefined) return `resourceclaim "${named.name}" is being deleted`;
      const problem = named.own ? notOwned(pod, claim) : undefined;
      if (problem !== undefined) return problem;
      if (!claims.includes(claim)) claims.push(claim);
    }
    return claims;
  }

  preFilter(state: CycleState, { pod }: PodInfo): 'Skip' | Rejection | undefined {
    const claims = this.#claimsOf(pod);
    if (typeof claims === 'string') return unresolvable(claims);
    if (claims.length === 0) return 'Skip';
    for (const claim of claims) {
      const problem = this.#problemOf(pod, claim);
      if (problem !== undefined) return problem;
    }
    const unallocated = claims.filter(({ status }) => status?.allocation === undefined);
    const allocator = unallocated.length === 0 ? undefined : this.#allocatorFor(unallocated);
    state.write(STATE, { claims, allocator, plans: new Map(), unavailable: new Set(), decided: new Map() });
    return undefined;
  }

  /** What keeps the Pod from using a claim, wherever it goes. */
  #problemOf(pod: Pod, claim: ResourceClaim): Rejection | undefined {
    if (claim.status?.allocation !== undefined) {
      return canBeReserved(claim) || isReservedFor(pod, claim) ? undefined : IN_USE;
    }
    const { namespace, name } = claim.metadata;
    if (this.#tracker.isInFlight(claim)) {
      return unresolvable(`resource claim ${namespace}/${name} is in the process of being allocated`);
    }
    for (const asked of requestsOf(claim).flatMap(alternatives)) {
      if (this.#classes.lister.get(asked.deviceClassName) !== undefined) continue;
      return unresolvable(`request ${asked.name}: device class ${asked.deviceClassName} does not exist`);
    }
    return undefined;
  }

  #allocatorFor(claims: readonly ResourceClaim[]): Allocator {
    return new Allocator({
      claims,
      slices: this.#slices.lister.list(),
      classOf: (name) => this.#classes.lister.get(name),
      taken: this.#tracker.takenDevices(),
      selectors: this.#selectors,
    });
  }

  filter(state: CycleState, _: PodInfo, { node, name }: NodeInfo): Rejection | undefined {
    const { claims, allocator, plans, unavailable } = state.read(STATE)!;
    const away = claims.flatMap(({ status }, index) => {
      const where = status?.allocation?.nodeSelector;
      return where === undefined || requiredTermsMatch(where as never, node!) ? [] : [index];
    });
    if (allocator !== undefined) {
      try {
        const plan = allocator.allocate(node!);
        if (plan === undefined) return NO_DEVICES;
        if (away.length === 0) plans.set(name, plan);
      } catch (error) {
        if (!(error instanceof AllocationError)) throw error;
        if (error.nodeOnly) return unresolvable(error.message);
        throw new FilterError(NAME, error.message);
      }
    }
    for (const index of away) unavailable.add(index);
    return away.length === 0 ? undefined : ELSEWHERE;
  }

  /** A claim that nobody uses holds devices where the Pod cannot go: they may be had elsewhere. */
  postFilter(state: CycleState, { pod }: PodInfo): PostFilterOutcome {
    const found = state.read(STATE);
    if (found === undefined) return { message: 'no new claims to deallocate' };
    for (const index of found.unavailable) {
      const claim = found.claims[index]!;
      const { reservedFor = [] } = claim.status ?? {};
      if (reservedFor.some(({ uid }) => uid !== pod.metadata.uid)) continue;
      deallocate(this.#client, claim);
      return { message: 'deallocation of ResourceClaim completed' };
    }
    return { message: 'still not schedulable' };
  }

  reserve(state: CycleState, _: PodInfo, nodeName: string): undefined {
    const { allocator, plans, decided } = state.read(STATE) ?? {};
    allocator?.claims.forEach((claim, index) => {
      const allocation = plans!.get(nodeName)![index]!;
      decided!.set(claim.metadata.uid, allocation);
      this.#tracker.begin(claim, allocation);
    });
    return undefined;
  }

  unreserve(state: CycleState, { pod }: PodInfo): void {
    const { claims = [], decided } = state.read(STATE) ?? {};
    for (const claim of claims) {
      if (decided!.has(claim.metadata.uid)) this.#tracker.end(claim);
      if (claim.status?.allocation !== undefined && isReservedFor(pod, claim)) releaseClaim(this.#client, claim, pod);
    }
  }

  preBind(state: CycleState, { pod }: PodInfo, _: string, done: (failure?: Error) => void): void {
    const { claims = [], decided } = state.read(STATE) ?? {};
    for (const [index, claim] of claims.entries()) {
      if (isReservedFor(pod, claim)) continue;
      const bound = bindClaim(this.#client, claim, pod, decided!.get(claim.metadata.uid));
      if (bound instanceof Error) {
        done(bound);
        return;
      }
      this.#tracker.noteWritten(bound);
      this.#tracker.end(claim);
      claims[index] = bound;
    }
    done();
  }

  mayHelp(event: ClusterEvent, { pod }: PodInfo): boolean {
    switch (event.kind) {
      case 'NodeAdd':
        return true;
      case 'NodeUpdate':
        return event.previous.metadata.labels !== event.node.metadata.labels;
      case 'PodUpdate':
        return typeof this.#claimsOf(pod) !== 'string';
      case 'DeviceChange':
        return this.#changeMayHelp(event, pod);
      default:
        return false;
    }
  }

  #changeMayHelp({ previous, object }: Extract<ClusterEvent, { kind: 'DeviceChange' }>, pod: Pod): boolean {
    if (object === undefined) return previous === undefined;
    if (object.kind !== 'ResourceClaim') return true;
    const claims = this.#claimsOf(pod);
    if (typeof claims === 'string') return false;
    const before = (previous as ResourceClaim | undefined)?.status;
    const now = (object as ResourceClaim).status;
    // Devices of any claim that are free again may be what is missing.
    if (before?.allocation !== undefined && now?.allocation === undefined) return true;
    const isOwn = claims.some(({ metadata }) => metadata.uid === object.metadata.uid);
    return isOwn && (previous === undefined || before !== now);
  }
}
