import type { Pod, PodTemplateSpec, StatefulSet, Volume } from '../../api/kinds.ts';
import type { Manifest } from '../../api/object.ts';
import { controllerReference } from '../claim.ts';

/** The name of the revision that a Pod was made from. */
const REVISION_LABEL = 'controller-revision-hash';
const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX = 'apps.kubernetes.io/pod-index';

export function podName({ metadata }: StatefulSet, ordinal: number): string {
  return `${metadata.name}-${ordinal}`;
}

/** The number in the Pod's name; undefined for one that is named otherwise. */
export function ordinalOf({ metadata }: StatefulSet, pod: Pod): number | undefined {
  const prefix = `${metadata.name}-`;
  const { name } = pod.metadata;
  if (!name.startsWith(prefix)) return undefined;
  const digits = name.slice(prefix.length);
  return /^(0|[1-9][0-9]{0,8})$/.test(digits) ? Number(digits) : undefined;
}

export function revisionOf(pod: Pod): string | undefined {
  return pod.metadata.labels?.[REVISION_LABEL];
}

/** A claim belongs to the ordinal, not to the Pod: the next Pod of that ordinal finds it again. */
export function claimName({ metadata }: StatefulSet, template: string, ordinal: number): string {
  return `${template}-${metadata.name}-${ordinal}`;
}

export function ownsClaim(statefulSet: StatefulSet, name: string): boolean {
  const templates = statefulSet.spec.volumeClaimTemplates ?? [];
  return templates.some(({ metadata }) => name.startsWith(`${metadata?.name}-${statefulSet.metadata.name}-`));
}

/**
 * The Pod of an ordinal: its name, host name and claims are its identity, and stay the same for all that come after it.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-identity
 */
export function statefulPod(
  statefulSet: StatefulSet,
  template: PodTemplateSpec,
  revision: string,
  ordinal: number,
): Manifest<Pod> {
  const name = podName(statefulSet, ordinal);
  const { serviceName } = statefulSet.spec;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: statefulSet.metadata.namespace,
      labels: {
        ...template.metadata?.labels,
        [POD_NAME]: name,
        [POD_INDEX]: String(ordinal),
        [REVISION_LABEL]: revision,
      },
      annotations: template.metadata?.annotations,
      finalizers: template.metadata?.finalizers,
      ownerReferences: [controllerReference(statefulSet)],
    },
    spec: {
      ...template.spec!,
      hostname: name,
      ...(serviceName ? { subdomain: serviceName } : {}),
      ...volumes(statefulSet, template, ordinal),
    },
  };
}

/** The claims come in the place of the template's volumes of the same name. */
function volumes(
  statefulSet: StatefulSet,
  { spec }: PodTemplateSpec,
  ordinal: number,
): { readonly volumes?: Volume[] } {
  const templates = statefulSet.spec.volumeClaimTemplates ?? [];
  if (templates.length === 0) return {};
  const names = templates.map(({ metadata }) => metadata?.name ?? '');
  const claims = names.map((name) => ({
    name,
    persistentVolumeClaim: { claimName: claimName(statefulSet, name, ordinal) },
  }));
  return { volumes: [...claims, ...(spec?.volumes ?? []).filter(({ name }) => !names.includes(name))] };
}
