import type { KubeObject } from '../../api/object.ts';
import type { AdmissionPlugin, AdmissionRequest, Lookup } from './admission.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { priority } from './priority.ts';
import { serviceAccount } from './service-account.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';

/** The plugins that are on, in the order of the real server. */
const ADMISSION_PLUGINS: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  serviceAccount,
  taintNodesByCondition,
  priority,
  defaultTolerationSeconds,
];

/** Passes an object (none for a deletion) through all plugins. @throws StatusError from the one that refuses it. */
export function admit<T extends KubeObject | undefined>(request: AdmissionRequest, object: T, lookup: Lookup): T {
  let admitted: KubeObject | undefined = object;
  for (const plugin of ADMISSION_PLUGINS) admitted = plugin.admit(request, admitted, lookup);
  return admitted as T;
}
