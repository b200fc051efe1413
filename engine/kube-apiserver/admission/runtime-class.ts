import { sameValue } from '../../api/copy-on-write.ts';
import { forbidden } from '../../api/errors.ts';
import type { Pod, RuntimeClass } from '../../api/kinds.ts';
import type { AdmissionPlugin, AdmissionRequest, Lookup } from './admission.ts';

/**
 * Gives a Pod the overhead of its runtime class, and where that runs.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#runtimeclass
 */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  resources: ['pods'],
  admit(request, object, lookup) {
    if (request.operation !== 'CREATE' || object === undefined) return object;
    const pod = object as Pod;
    const found = classOf(request, pod, lookup);
    return found === undefined ? pod : withScheduling(request, withOverhead(request, pod, found), found);
  },
  validate(request, object, lookup) {
    if (request.operation !== 'CREATE' || object === undefined) return;
    const pod = object as Pod;
    if (pod.spec.overhead === undefined || classOf(request, pod, lookup)?.overhead !== undefined) return;
    throw reject(request, 'Pod Overhead set without corresponding RuntimeClass defined Overhead');
  },
};

function classOf(request: AdmissionRequest, pod: Pod, lookup: Lookup): RuntimeClass | undefined {
  const name = pod.spec?.runtimeClassName ?? '';
  if (name === '') return undefined;
  const found = lookup('runtimeclasses', '', name) as RuntimeClass | undefined;
  if (found === undefined) throw reject(request, `RuntimeClass ${JSON.stringify(name)} not found`);
  return found;
}

function withOverhead(request: AdmissionRequest, pod: Pod, { overhead }: RuntimeClass): Pod {
  if (overhead?.podFixed === undefined) return pod;
  if (pod.spec.overhead !== undefined && !sameValue(pod.spec.overhead, overhead.podFixed)) {
    const why = "Pod's Overhead doesn't match RuntimeClass's defined Overhead";
    throw reject(request, why);
  }
  return { ...pod, spec: { ...pod.spec, overhead: overhead.podFixed } };
}

function withScheduling(request: AdmissionRequest, pod: Pod, { scheduling }: RuntimeClass): Pod {
  if (scheduling === undefined) return pod;
  const nodeSelector: Record<string, string> = { ...pod.spec.nodeSelector };
  for (const [key, value] of Object.entries(scheduling.nodeSelector ?? {})) {
    const own = nodeSelector[key];
    if (own !== undefined && own !== value) {
      const why = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`;
      throw reject(request, why);
    }
    nodeSelector[key] = value;
  }
  const tolerations = [...(pod.spec.tolerations ?? [])];
  for (const toleration of scheduling.tolerations ?? []) {
    if (!tolerations.some((own) => sameValue(own, toleration))) tolerations.push(toleration);
  }
  return {
    ...pod,
    spec: {
      ...pod.spec,
      ...(Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {}),
      ...(tolerations.length > 0 ? { tolerations } : {}),
    },
  };
}

function reject({ kind, name }: AdmissionRequest, why: string): Error {
  return forbidden(kind, name, `pod rejected: ${why}`);
}
