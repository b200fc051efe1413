import type { ResourceClaim } from '../api/extension-kinds.ts';
import { Errno } from '../linux/errno.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import { DRIVER } from './devices.ts';

const CDI_KIND = `k8s.${DRIVER}/device`;
const CONFIG_GROUP = 'resource.nvidia.com/v1beta1';

/** Why a claim cannot be prepared. */
export class PrepareError extends Error {
  override readonly name = 'PrepareError';
}

/** A claim that Pods of this node may use, with its devices by name. */
interface PreparedClaim {
  readonly namespace: string;
  readonly name: string;
  readonly devices: readonly string[];
}

/** What has been prepared, as a file beside the driver's socket: it outlives the driver's Pod. */
export class PreparedClaims {
  readonly #process: Process;
  readonly #path: string;
  readonly #known: readonly string[];

  /** @param known the devices that there are */
  constructor(process: Process, directory: string, known: readonly string[]) {
    this.#process = process;
    this.#path = `${directory}/checkpoint.json`;
    this.#known = known;
  }

  /**
   * What the kubelet is told of each of the claim's devices.
   *
   * @throws PrepareError
   */
  prepare(claim: ResourceClaim) {
    const { allocation } = claim.status ?? {};
    if (allocation === undefined) throw new PrepareError('claim not yet allocated');
    checkConfiguration(allocation.devices?.config ?? []);
    const results = (allocation.devices?.results ?? []).filter(({ driver }) => driver === DRIVER);
    const { uid, namespace = '', name } = claim.metadata;
    const others = Object.entries(this.#read()).filter(([other]) => other !== uid);
    for (const { device, adminAccess } of results) {
      if (!this.#known.includes(device)) throw new PrepareError(`requested device is not allocatable: ${device}`);
      const user = others.find(([, { devices }]) => devices.includes(device));
      if (user !== undefined && adminAccess !== true) {
        throw new PrepareError(`requested device ${device} is already allocated to different claim ${user[0]}`);
      }
    }
    const taken = results.filter(({ adminAccess }) => adminAccess !== true).map(({ device }) => device);
    this.#write({ ...this.#read(), [uid]: { namespace, name, devices: taken } });
    return results.map(({ request, pool, device }) => ({
      request_names: [request],
      pool_name: pool,
      device_name: device,
      cdi_device_ids: [`${CDI_KIND}=${device}`],
    }));
  }

  /** What is not prepared has been given back already. */
  unprepare(uid: string): void {
    const { [uid]: _, ...rest } = this.#read();
    this.#write(rest);
  }

  #read(): Readonly<Record<string, PreparedClaim>> {
    try {
      const { v1 } = JSON.parse(decode(this.#process.readFile(this.#path))) as {
        v1: { preparedClaims: Record<string, PreparedClaim> };
      };
      return v1.preparedClaims;
    } catch (error) {
      if (error instanceof Errno || error instanceof SyntaxError || error instanceof TypeError) return {};
      throw error;
    }
  }

  #write(preparedClaims: Readonly<Record<string, PreparedClaim>>): void {
    this.#process.writeFile(this.#path, `${JSON.stringify({ v1: { preparedClaims } })}\n`, { mode: 0o600 });
  }
}

type Configuration = NonNullable<
  NonNullable<NonNullable<NonNullable<ResourceClaim['status']>['allocation']>['devices']>['config']
>;

/** Of what can be configured there is sharing by time slices, which changes nothing here. */
function checkConfiguration(config: Configuration): void {
  for (const { opaque } of config) {
    if (opaque?.driver !== DRIVER) continue;
    const { apiVersion, kind, sharing } = opaque.parameters as {
      readonly apiVersion?: string;
      readonly kind?: string;
      readonly sharing?: { readonly strategy?: string };
    };
    if (apiVersion !== CONFIG_GROUP || kind !== 'GpuConfig') {
      const what = `no kind "${kind ?? ''}" is registered for version "${apiVersion ?? ''}"`;
      throw new PrepareError(`error decoding config parameters: ${what}`);
    }
    const strategy = sharing?.strategy ?? 'TimeSlicing';
    if (strategy !== 'TimeSlicing')
      throw new PrepareError(`sharing strategy ${strategy} is not part of this simulation`);
  }
}
