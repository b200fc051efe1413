import type { Task } from '../../sim/index.ts';
import { DeviceError } from '../devices.ts';

/** What is known of one resource when a container wants some of it. */
export interface Choice {
  readonly resource: string;
  readonly podUid: string;
  readonly container: string;
  /** How many the container wants in all. */
  readonly required: number;
  /** What it has from an earlier start; undefined when it has none. */
  readonly held: ReadonlySet<string> | undefined;
  /** What ended init containers of the Pod have had. */
  readonly reusable: ReadonlySet<string>;
  /** Undefined when no plugin has registered the resource. */
  readonly healthy: ReadonlySet<string> | undefined;
  readonly inUse: ReadonlySet<string>;
  /** Whether a device is near to where the Pod is to run; undefined: it does not matter where. */
  readonly isNear?: (device: string) => boolean;
  /** Asks the plugin which it would rather give. */
  preferred(available: readonly string[], mustInclude: readonly string[], size: number): Task<readonly string[]>;
}

/**
 * The devices to give to a container beyond those it has; empty when it needs none.
 * After `pkg/kubelet/cm/devicemanager/manager.go` (`devicesToAllocate`).
 *
 * @throws DeviceError
 */
export function* chooseDevices(choice: Choice): Task<ReadonlySet<string>> {
  const { resource, required, held, healthy, inUse } = choice;
  requireUnchanged(choice);
  if (healthy === undefined) throw new DeviceError(`cannot allocate unregistered device ${resource}`);
  if (healthy.size === 0) {
    throw new DeviceError(`no healthy devices present; cannot allocate unhealthy devices ${resource}`);
  }
  if ([...(held ?? [])].some((device) => !healthy.has(device))) {
    throw new DeviceError(
      `previously allocated devices are no longer healthy; cannot allocate unhealthy devices ${resource}`,
    );
  }
  const chosen = new Set<string>();
  let needed = required - (held?.size ?? 0);
  const take = (devices: Iterable<string>): boolean => {
    for (const device of devices) {
      if (needed === 0) break;
      if (chosen.has(device)) continue;
      chosen.add(device);
      needed -= 1;
    }
    return needed === 0;
  };
  if (take(choice.reusable)) return chosen;
  const available = [...healthy].filter((device) => !inUse.has(device));
  if (available.length < needed) {
    throw new DeviceError(
      `requested number of devices unavailable for ${resource}. Requested: ${needed}, Available: ${available.length}`,
    );
  }
  const { isNear } = choice;
  const near = isNear === undefined ? [] : available.filter(isNear);
  const pool = needed < near.length ? near : available;
  if (pool === available && take(near)) return chosen;
  const wanted = yield* choice.preferred([...pool, ...chosen], [...chosen], required);
  if (take(wanted.filter((device) => pool.includes(device))) || take(pool)) return chosen;
  throw new DeviceError(
    `unexpectedly allocated less resources than required. Requested: ${required}, Got: ${required - needed}`,
  );
}

function requireUnchanged({ podUid, container, resource, required, held }: Choice): void {
  if (held === undefined || held.size === required) return;
  throw new DeviceError(
    `pod "${podUid}" container "${container}" changed request for resource "${resource}" from ${held.size} to ${required}`,
  );
}
