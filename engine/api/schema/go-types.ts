import type { ValueSchema } from './definitions.ts';

// Decoder messages name Go types, so these are part of what the server says.

/** Named string types that the schema does not tell from plain strings, by `Struct.field`. */
const NAMED_STRINGS: Readonly<Record<string, string>> = {
  'PodSpec.restartPolicy': 'v1.RestartPolicy',
  'PodSpec.dnsPolicy': 'v1.DNSPolicy',
  'PodSpec.preemptionPolicy': 'v1.PreemptionPolicy',
  'Container.imagePullPolicy': 'v1.PullPolicy',
  'Container.terminationMessagePolicy': 'v1.TerminationMessagePolicy',
  'Container.restartPolicy': 'v1.ContainerRestartPolicy',
  'ContainerPort.protocol': 'v1.Protocol',
  'HTTPGetAction.scheme': 'v1.URIScheme',
  'VolumeMount.mountPropagation': 'v1.MountPropagationMode',
  'EmptyDirVolumeSource.medium': 'v1.StorageMedium',
  'HostPathVolumeSource.type': 'v1.HostPathType',
  'Toleration.operator': 'v1.TolerationOperator',
  'Toleration.effect': 'v1.TaintEffect',
  'Taint.effect': 'v1.TaintEffect',
  'NodeSelectorRequirement.operator': 'v1.NodeSelectorOperator',
  'LabelSelectorRequirement.operator': 'v1.LabelSelectorOperator',
  'TopologySpreadConstraint.whenUnsatisfiable': 'v1.UnsatisfiableConstraintAction',
  'DeploymentStrategy.type': 'v1.DeploymentStrategyType',
  'ObjectMeta.uid': 'types.UID',
  'OwnerReference.uid': 'types.UID',
  'PodStatus.phase': 'v1.PodPhase',
};

const SCALARS: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'bool',
  number: 'float64',
  bytes: '[]uint8',
  quantity: 'resource.Quantity',
  intOrString: 'intstr.IntOrString',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  any: 'interface {}',
};

/** `io.k8s.api.core.v1.PodSpec` → `PodSpec` */
export function shortName(definition: string): string {
  return definition.slice(definition.lastIndexOf('.') + 1);
}

/** The Go type of a field: `int32`, `[]v1.Container`, `map[string]string`. */
export function goTypeName(schema: ValueSchema, owner: string, field: string): string {
  switch (schema.type) {
    case 'list':
      return `[]${goTypeName(schema.of, owner, field)}`;
    case 'map':
      return schema.of.type === 'quantity' ? 'v1.ResourceList' : `map[string]${goTypeName(schema.of, owner, field)}`;
    case 'object': {
      const parts = schema.definition.split('.');
      return `${parts.at(-2)}.${parts.at(-1)}`;
    }
    default:
      return NAMED_STRINGS[`${owner}.${field}`] ?? SCALARS[schema.type] ?? schema.type;
  }
}
