import type { ApiResource } from './discovery.ts';

/** The name of a kind's definition in the API schema: `io.k8s.api.apps.v1.Deployment`. */
export function schemaName({ group, version, kind }: ApiResource): string {
  return `io.k8s.api.${group === '' ? 'core' : group.split('.')[0]}.${version}.${kind}`;
}

/** Whether a kind is one of Kubernetes' own, whose lists have merge keys. */
export function isBuiltIn({ group }: ApiResource): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}
