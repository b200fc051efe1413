import type { ResourceClaim } from '../../api/extension-kinds.ts';
import { Errno } from '../../linux/errno.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import { hash32 } from '../../sim/index.ts';

/** A device as its driver has prepared it. */
interface PreparedDevice {
  readonly PoolName: string;
  readonly DeviceName: string;
  /** Of the claim's requests; none means all. */
  readonly RequestNames: readonly string[];
  readonly CDIDeviceIDs: readonly string[];
}

/** A claim that is in use on the node, as `pkg/kubelet/cm/dra/state` writes it. */
export interface ClaimInfo {
  readonly ClaimUID: string;
  readonly ClaimName: string;
  readonly Namespace: string;
  /** Uids of the Pods that use it. */
  readonly PodUIDs: readonly string[];
  /** By driver. */
  readonly DriverState: Readonly<Record<string, { readonly Devices: readonly PreparedDevice[] }>>;
  /** Whether all drivers have done their part. */
  readonly Prepared: boolean;
}

const STATE = '/var/lib/kubelet/dra_manager_state';

/** The claims of a node, as a file: what has been prepared outlives the kubelet's process. */
export class ClaimInfos {
  readonly #root: Process;
  readonly #infos = new Map<string, ClaimInfo>();

  constructor(root: Process) {
    this.#root = root;
    for (const info of readState(root)) this.#infos.set(`${info.Namespace}/${info.ClaimName}`, info);
  }

  get all(): readonly ClaimInfo[] {
    return [...this.#infos.values()];
  }

  get(namespace: string, name: string): ClaimInfo | undefined {
    return this.#infos.get(`${namespace}/${name}`);
  }

  set(info: ClaimInfo): void {
    this.#infos.set(`${info.Namespace}/${info.ClaimName}`, info);
    this.#save();
  }

  delete({ Namespace, ClaimName }: ClaimInfo): void {
    this.#infos.delete(`${Namespace}/${ClaimName}`);
    this.#save();
  }

  #save(): void {
    const Data = JSON.stringify({
      kind: 'DRACheckpoint',
      apiVersion: 'checkpoint.dra.kubelet.k8s.io/v1',
      ClaimInfoStateList: this.all,
    });
    this.#root.writeFile(`${STATE}.tmp`, JSON.stringify({ Data, Checksum: hash32(Data, 0) }), { mode: 0o600 });
    this.#root.rename(`${STATE}.tmp`, STATE);
  }
}

/** A file that somebody has spoilt is as good as none. */
function readState(root: Process): readonly ClaimInfo[] {
  try {
    const { Data, Checksum } = JSON.parse(decode(root.readFile(STATE))) as { Data: string; Checksum: number };
    if (hash32(Data, 0) !== Checksum) return [];
    return (JSON.parse(Data) as { readonly ClaimInfoStateList: readonly ClaimInfo[] }).ClaimInfoStateList;
  } catch (error) {
    if (error instanceof Errno || error instanceof SyntaxError || error instanceof TypeError) return [];
    throw error;
  }
}

/** Nothing of it is prepared yet. */
export function newInfo({ metadata, status }: ResourceClaim): ClaimInfo {
  const drivers = (status?.allocation?.devices?.results ?? []).map(({ driver }) => driver);
  return {
    ClaimUID: metadata.uid,
    ClaimName: metadata.name,
    Namespace: metadata.namespace ?? '',
    PodUIDs: [],
    DriverState: Object.fromEntries(drivers.map((driver) => [driver, { Devices: [] }])),
    Prepared: false,
  };
}

/** What a container gets of a claim. @param request of the claim: `gpu`; the empty string for all */
export function cdiDevicesOf({ DriverState }: ClaimInfo, request: string): readonly string[] {
  const devices = Object.values(DriverState).flatMap(({ Devices }) => Devices);
  const meant = devices.filter(({ RequestNames: names }) => {
    return request === '' || names.length === 0 || names.some((name) => name.split('/')[0] === request);
  });
  return meant.flatMap(({ CDIDeviceIDs }) => CDIDeviceIDs);
}
