import type { Unstructured } from '../unstructured.ts';
import { idText } from './item.ts';

// What others need comes first. After sigs.k8s.io/kustomize api/internal/builtins/SortOrderTransformer.go (legacy order).

const FIRST =
  'Namespace ResourceQuota StorageClass CustomResourceDefinition ServiceAccount PodSecurityPolicy Role ClusterRole RoleBinding ClusterRoleBinding ConfigMap Secret Endpoints Service LimitRange PriorityClass PersistentVolume PersistentVolumeClaim Deployment StatefulSet CronJob PodDisruptionBudget'.split(
    ' ',
  );
const LAST =
  'MutatingWebhookConfiguration ValidatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding'.split(
    ' ',
  );

export function inLegacyOrder(objects: readonly Unstructured[]): readonly Unstructured[] {
  return objects
    .map((object) => ({ object, rank: rankOf(object.kind), id: idText(object) }))
    .sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .map(({ object }) => object);
}

function rankOf(kind: string): number {
  const first = FIRST.indexOf(kind);
  return first >= 0 ? first - FIRST.length : LAST.indexOf(kind) + 1;
}
