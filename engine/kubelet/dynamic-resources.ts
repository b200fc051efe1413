import type { Container, Pod } from '../api/kinds.ts';
import type { Task } from '../sim/index.ts';

/** Why a Pod's claims cannot be made ready on the node, or not be given back. */
export class DynamicResourcesError extends Error {
  override readonly name = 'DynamicResourcesError';
}

/** The part of a kubelet that speaks to drivers of devices for ResourceClaims (`dra/`). */
export interface DynamicResources {
  /** Lets drivers prepare what the Pod has claimed. @throws DynamicResourcesError */
  prepare(pod: Pod): Task<void>;
  /** Undoes it, for claims that no other Pod on the node uses. @throws DynamicResourcesError */
  unprepare(pod: Pod): Task<void>;
  /** What the container is to be given: names of the Container Device Interface. @throws DynamicResourcesError */
  cdiDevices(pod: Pod, container: Container): readonly string[];
}
