import type { ResourceClaim } from '../../api/extension-kinds.ts';
import type { Container, Pod } from '../../api/kinds.ts';
import { claimOf, isReservedFor, notCreatedYet, notOwned } from '../../api/resource/pod-claims.ts';
import { resourceClaims, resourcePath, resourceSlices } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import { ConnectionError } from '../../client/transport.ts';
import { DRA_PLUGIN, DRA_VERSION } from '../../dra/spec.ts';
import { Errno } from '../../linux/errno.ts';
import { callGrpc, GrpcError } from '../../linux/grpc.ts';
import { runTask, type Task, type TaskHandle, type Timer } from '../../sim/index.ts';
import { Turnstile } from '../concurrent.ts';
import { type DynamicResources, DynamicResourcesError } from '../dynamic-resources.ts';
import type { PluginHandler, PluginInfo } from '../plugin-watcher/plugin-watcher.ts';
import type { PluginSurroundings } from '../plugins.ts';
import { type ClaimInfo, ClaimInfos, cdiDevicesOf, newInfo } from './claim-info.ts';

const CALL_MS = 45_000;
/** How long a driver may be away until nothing of it is offered any more. */
const WIPING_DELAY_MS = 30_000;
const RECONCILE_MS = 60_000;

type Method = keyof (typeof DRA_PLUGIN)['methods'];

/**
 * The drivers of devices for ResourceClaims on a node, and which claims they have made ready for which Pods.
 * After `pkg/kubelet/cm/dra/manager.go`.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
 */
export class DraManager implements DynamicResources, PluginHandler {
  readonly #around: PluginSurroundings;
  readonly #infos: ClaimInfos;
  /** Sockets by driver. */
  readonly #drivers = new Map<string, string>();
  readonly #wiping = new Map<string, Timer>();
  readonly #turnstile = new Turnstile();
  #reconciling: Timer | undefined;
  #task: TaskHandle | undefined;

  constructor(around: PluginSurroundings) {
    this.#around = around;
    this.#infos = new ClaimInfos(around.root);
    this.#reconcileLater();
  }

  stop(): void {
    for (const timer of this.#wiping.values()) timer.cancel();
    this.#reconciling?.cancel();
    this.#task?.cancel();
  }

  *register({ name, endpoint, supported_versions: versions }: PluginInfo): Task<string | undefined> {
    if (!versions.includes(DRA_VERSION)) {
      return `DRA driver ${name}: none of the versions ${versions.join(', ')} is supported`;
    }
    this.#wiping.get(name)?.cancel();
    this.#wiping.delete(name);
    this.#drivers.set(name, endpoint);
    return undefined;
  }

  deregister({ name }: PluginInfo): void {
    const { sim, nodeName } = this.#around;
    this.#drivers.delete(name);
    const timer = sim.schedule(WIPING_DELAY_MS, `kubelet/${nodeName} slices`, () => this.#wipe(name));
    this.#wiping.set(name, timer);
  }

  /** Nobody is to be sent here for devices that cannot be had. */
  #wipe(driver: string): void {
    const { client, nodeName, sim } = this.#around;
    this.#wiping.delete(driver);
    const fieldSelector = `spec.nodeName=${nodeName},spec.driver=${driver}`;
    try {
      sim.trace.during({ component: `kubelet/${nodeName}`, key: driver }, () =>
        client.request({ method: 'DELETE', path: resourcePath(resourceSlices), query: { fieldSelector } }),
      );
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      this.#wiping.set(
        driver,
        sim.schedule(WIPING_DELAY_MS, `kubelet/${nodeName} slices`, () => this.#wipe(driver)),
      );
    }
  }

  prepare(pod: Pod): Task<void> {
    return this.#turnstile.pass(this.#prepare(pod));
  }

  /** First everything is looked at, so that a Pod that cannot be served leaves nothing behind. */
  *#prepare(pod: Pod): Task<void> {
    const claims = this.#claimsOf(pod);
    for (const { drivers } of claims) for (const driver of drivers) this.#socketOf(driver);
    const missing = claims.flatMap(({ claim }) => this.#noteUse(claim, pod) ?? []);
    for (const driver of new Set(missing.flatMap(({ DriverState }) => Object.keys(DriverState)))) {
      const concerned = missing.filter(({ DriverState }) => Object.hasOwn(DriverState, driver));
      const answers = yield* this.#call(driver, 'NodePrepareResources', concerned);
      for (const info of concerned) this.#noteDevices(info, driver, answers[info.ClaimUID]!.devices);
    }
    for (const { Namespace, ClaimName } of missing) {
      this.#infos.set({ ...this.#infos.get(Namespace, ClaimName)!, Prepared: true });
    }
  }

  #claimsOf(pod: Pod): { readonly claim: ResourceClaim; readonly drivers: readonly string[] }[] {
    return (pod.spec.resourceClaims ?? []).flatMap((podClaim) => {
      const named = claimOf(pod, podClaim);
      if (named === undefined) throw new DynamicResourcesError(notCreatedYet(pod));
      if (named.name === undefined) return [];
      const claim = this.#fetch(named.name, pod.metadata.namespace);
      const problem = named.own ? notOwned(pod, claim) : undefined;
      if (problem !== undefined) throw new DynamicResourcesError(problem);
      const { name, uid } = claim.metadata;
      if (!isReservedFor(pod, claim)) {
        const user = `pod ${pod.metadata.name} (${pod.metadata.uid})`;
        throw new DynamicResourcesError(`${user} is not allowed to use ResourceClaim ${name} (${uid})`);
      }
      return { claim, drivers: Object.keys(newInfo(claim).DriverState) };
    });
  }

  #fetch(name: string, namespace: string | undefined): ResourceClaim {
    try {
      return this.#around.client.resource<ResourceClaim>(resourceClaims).get(name, namespace);
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      throw new DynamicResourcesError(`fetch ResourceClaim ${name}: ${error.message}`);
    }
  }

  #socketOf(driver: string): string {
    const socket = this.#drivers.get(driver);
    if (socket === undefined) throw new DynamicResourcesError(`DRA driver ${driver} is not registered`);
    return socket;
  }

  /** Undefined when the claim is ready already. */
  #noteUse(claim: ResourceClaim, pod: Pod): ClaimInfo | undefined {
    const { name, namespace = '', uid } = claim.metadata;
    const info = this.#infos.get(namespace, name) ?? newInfo(claim);
    if (info.ClaimUID !== uid) {
      throw new DynamicResourcesError(
        `old ResourceClaim with same name ${name} and different UID ${info.ClaimUID} still exists (previous pod force-deleted?!)`,
      );
    }
    const users = new Set([...info.PodUIDs, pod.metadata.uid]);
    if (users.size > info.PodUIDs.length) this.#infos.set({ ...info, PodUIDs: [...users] });
    this.#reconcileLater();
    return info.Prepared ? undefined : info;
  }

  #noteDevices(
    { Namespace, ClaimName }: ClaimInfo,
    driver: string,
    devices: readonly {
      readonly request_names: readonly string[];
      readonly pool_name: string;
      readonly device_name: string;
      readonly cdi_device_ids: readonly string[];
    }[] = [],
  ): void {
    const info = this.#infos.get(Namespace, ClaimName)!;
    const Devices = devices.map((device) => ({
      PoolName: device.pool_name,
      DeviceName: device.device_name,
      RequestNames: device.request_names,
      CDIDeviceIDs: device.cdi_device_ids,
    }));
    this.#infos.set({ ...info, DriverState: { ...info.DriverState, [driver]: { Devices } } });
  }

  /** Asks a driver about claims. What it says of each, by uid. */
  *#call(driver: string, method: Method, infos: readonly ClaimInfo[]) {
    const claims = infos.map(({ ClaimUID: uid, ClaimName: name, Namespace: namespace }) => ({ uid, name, namespace }));
    const options = { caller: 'kubelet', timeoutMs: CALL_MS };
    let answers: Readonly<Record<string, { readonly error: string; readonly devices?: never[] }>>;
    try {
      const target = `unix:${this.#socketOf(driver)}`;
      const answer = yield* callGrpc(this.#around.root, target, DRA_PLUGIN, method, { claims }, options);
      answers = answer.claims as typeof answers;
    } catch (error) {
      if (error instanceof GrpcError) throw new DynamicResourcesError(`${method}: ${error.description}`);
      if (!(error instanceof Errno)) throw error;
      const problem = `rpc error: code = Unavailable desc = connection error: ${error.message.toLowerCase()}`;
      throw new DynamicResourcesError(`${method}: ${problem}`);
    }
    for (const { uid, name } of claims) {
      const problem = answers[uid]?.error ?? '';
      if (problem !== '') throw new DynamicResourcesError(`${method} failed for ResourceClaim ${name}: ${problem}`);
    }
    const skipped = claims.filter(({ uid }) => answers[uid] === undefined).length;
    if (skipped > 0) throw new DynamicResourcesError(`${method} skipped ${skipped} ResourceClaims`);
    return answers;
  }

  cdiDevices(pod: Pod, container: Container): readonly string[] {
    const { namespace = '' } = pod.metadata;
    return (container.resources?.claims ?? []).flatMap(({ name, request = '' }) => {
      const podClaim = pod.spec.resourceClaims?.find((each) => each.name === name);
      const claim = podClaim && claimOf(pod, podClaim)?.name;
      if (claim === undefined) return [];
      const info = this.#infos.get(namespace, claim);
      if (info !== undefined) return cdiDevicesOf(info, request);
      const where = `ResourceClaim ${claim} in namespace ${namespace}`;
      throw new DynamicResourcesError(`internal error: unable to get claim info for ${where}`);
    });
  }

  unprepare({ metadata: { uid } }: Pod): Task<void> {
    return this.#turnstile.pass(this.#unprepare(uid));
  }

  *#unprepare(podUid: string): Task<void> {
    for (const info of this.#infos.all.filter(({ PodUIDs }) => PodUIDs.includes(podUid))) {
      const PodUIDs = info.PodUIDs.filter((uid) => uid !== podUid);
      if (PodUIDs.length > 0) {
        this.#infos.set({ ...info, PodUIDs });
        continue;
      }
      for (const driver of Object.keys(info.DriverState)) yield* this.#call(driver, 'NodeUnprepareResources', [info]);
      this.#infos.delete(info);
    }
  }

  /** What Pods have left behind that ended while no kubelet was there to see it. */
  #reconcileLater(): void {
    const { sim, nodeName } = this.#around;
    if (this.#reconciling !== undefined || this.#infos.all.length === 0) return;
    const label = `kubelet/${nodeName} claims`;
    this.#reconciling = sim.schedule(RECONCILE_MS, label, () => {
      this.#reconciling = undefined;
      this.#task = runTask(sim, label, this.#reconcile(), () => this.#reconcileLater());
    });
  }

  *#reconcile(): Task<void> {
    if (!this.#around.sourcesReady()) return;
    const active = new Set(this.#around.activePods().map(({ metadata }) => metadata.uid));
    const users = new Set(this.#infos.all.flatMap(({ PodUIDs }) => PodUIDs));
    for (const uid of users.difference(active)) {
      try {
        yield* this.#turnstile.pass(this.#unprepare(uid));
      } catch (error) {
        if (!(error instanceof DynamicResourcesError)) throw error;
      }
    }
  }
}
