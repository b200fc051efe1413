import type { KindDescriptor } from '../descriptor.ts';
import type { KubeObject } from '../object.ts';
import { column, nameColumn } from '../printer-columns.ts';

export interface ComponentStatus extends Pick<KubeObject, 'apiVersion' | 'kind'> {
  readonly metadata: { readonly name: string };
  readonly conditions: readonly ComponentCondition[];
}

interface ComponentCondition {
  readonly type: 'Healthy';
  readonly status: 'True' | 'False' | 'Unknown';
  readonly message?: string;
  readonly error?: string;
}

function conditionOf(object: KubeObject): ComponentCondition | undefined {
  return (object as unknown as ComponentStatus).conditions.find(({ type }) => type === 'Healthy');
}

/**
 * How the parts of the control plane feel. None is stored: the server asks them when somebody wants to know.
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/component-status-v1/
 */
export const componentStatuses: KindDescriptor = {
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  singular: 'componentstatus',
  shortNames: ['cs'],
  categories: [],
  namespaced: false,
  verbs: ['get', 'list'],
  schema: 'io.k8s.api.core.v1.ComponentStatus',
  subresources: [],
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  validateCreate: () => [],
  validateUpdate: () => [],
  columns: [
    nameColumn,
    column('Status', 'Status of the component conditions', (object) =>
      conditionOf(object)?.status === 'True' ? 'Healthy' : 'Unhealthy',
    ),
    column('Message', 'Message of the component conditions', (object) => conditionOf(object)?.message ?? ''),
    column('Error', 'Error of the component conditions', (object) => conditionOf(object)?.error ?? ''),
  ],
};
