import { changeField, sameValue, withDefaults, withField } from '../copy-on-write.ts';
import type { KindDescriptor } from '../descriptor.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden } from '../field-errors.ts';
import type { Node, NodeStatus } from '../kinds.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { ALL_VERBS } from '../verbs.ts';
import { NODE_COLUMNS } from './node-columns.ts';
import { storedResourceList } from './resource-list.ts';
import { validateTaints } from './taint-validation.ts';

/** Capacity is allocatable until the kubelet says otherwise. */
function defaultStatus(status: NodeStatus): NodeStatus {
  const stored = changeField(changeField(status, 'capacity', storedResourceList), 'allocatable', storedResourceList);
  return stored.capacity === undefined ? stored : withDefaults(stored, { allocatable: stored.capacity });
}

/** What is written of a node that no kubelet has said anything of. */
const UNKNOWN: NodeStatus = Object.freeze({
  daemonEndpoints: Object.freeze({ kubeletEndpoint: Object.freeze({ Port: 0 }) }),
  nodeInfo: Object.freeze({
    machineID: '',
    systemUUID: '',
    bootID: '',
    kernelVersion: '',
    osImage: '',
    containerRuntimeVersion: '',
    kubeletVersion: '',
    kubeProxyVersion: '',
    operatingSystem: '',
    architecture: '',
  }),
});

function applyDefaults(node: Node): Node {
  const withSpec = node.spec === undefined ? { ...(node as object as Node), spec: {} } : node;
  return changeField(withSpec, 'status', defaultStatus);
}

/** Little of a node's spec may be changed by anyone. After ValidateNodeUpdate. */
function validateSpecUpdate(errors: FieldError[], next: Node, previous: Node): void {
  if (next.spec === previous.spec) return;
  const before = previous.spec ?? {};
  const after = next.spec ?? {};
  if ((before.podCIDR ?? '') !== '' && !sameValue(after.podCIDRs, before.podCIDRs)) {
    errors.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  }
  if ((before.providerID ?? '') !== '' && after.providerID !== before.providerID) {
    errors.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  }
  const { taints: _t, unschedulable: _u, podCIDR: _c, podCIDRs: _cs, providerID: _p, ...fixedAfter } = after;
  const { taints: _t2, unschedulable: _u2, podCIDR: _c2, podCIDRs: _cs2, providerID: _p2, ...fixedBefore } = before;
  const fixed =
    sameValue(fixedAfter, fixedBefore) &&
    (before.podCIDR === undefined || after.podCIDR === before.podCIDR) &&
    (before.providerID === undefined || after.providerID === before.providerID);
  if (!fixed) errors.push(forbidden('spec', 'node updates may only change labels, taints, or capacity'));
}

export const node: KindDescriptor<Node> = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  categories: [],
  namespaced: false,
  verbs: ALL_VERBS,
  schema: 'io.k8s.api.core.v1.Node',
  subresources: ['proxy', 'status'],
  applyDefaults,
  // A kubelet registers its node together with its status, so creation keeps it.
  prepareForCreate: (object) => withDefaults(object, { status: UNKNOWN }),
  prepareForUpdate: (next, previous, context) =>
    context.status ? withField(next, 'spec', previous.spec) : withField(next, 'status', previous.status),
  validateCreate(object) {
    const errors: FieldError[] = [];
    validateMetadata(errors, object.metadata, false);
    validateTaints(errors, object.spec?.taints);
    return errors;
  },
  validateUpdate(next, previous) {
    const errors: FieldError[] = [];
    validateMetadataUpdate(errors, next, previous);
    if (next.spec?.taints !== previous.spec?.taints) validateTaints(errors, next.spec?.taints);
    validateSpecUpdate(errors, next, previous);
    return errors;
  },
  selectableFields: (object) => ({ 'spec.unschedulable': String(object.spec?.unschedulable === true) }),
  columns: NODE_COLUMNS,
};
