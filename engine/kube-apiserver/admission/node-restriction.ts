import { sameValue } from '../../api/copy-on-write.ts';
import { mayKubeletSet } from '../../api/core/kubelet-labels.ts';
import { forbidden, notFound, resourceName } from '../../api/errors.ts';
import type { Node, PersistentVolumeClaim, Pod } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { nodeOf } from '../authorization/node/node-identity.ts';
import { podReferences } from '../authorization/node/pod-references.ts';
import type { AdmissionPlugin, AdmissionRequest, Lookup } from './admission.ts';

const MIRROR = 'kubernetes.io/config.mirror';
const LEASES = 'kube-node-lease';

/**
 * Keeps a kubelet to its own Node and to the Pods bound to it, where authorization cannot see what is written.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  resources: [
    'pods',
    'pods/status',
    'pods/eviction',
    'nodes',
    'nodes/status',
    'serviceaccounts/token',
    'persistentvolumeclaims',
    'persistentvolumeclaims/status',
    'leases',
    'csinodes',
  ],
  admit(request, object, lookup) {
    const node = nodeOf(request.user);
    if (node === undefined) return object;
    const why = problem(node, request, object, lookup);
    if (why !== undefined) throw forbidden(request.kind, request.name, why);
    return object;
  },
};

function problem(
  node: string,
  request: AdmissionRequest,
  object: KubeObject | undefined,
  lookup: Lookup,
): string | undefined {
  const { kind, subresource } = request;
  switch (subresource === '' ? kind.plural : `${kind.plural}/${subresource}`) {
    case 'pods':
      return podProblem(quote(node), node, request, object as Pod | undefined, lookup);
    case 'pods/status':
      return statusProblem(node, request.stored as Pod, object as Pod);
    case 'pods/eviction': {
      const pod = lookup('pods', request.namespace, request.name) as Pod | undefined;
      if (pod === undefined) throw notFound(kind, request.name);
      return pod.spec.nodeName === node
        ? undefined
        : `node ${node} can only evict pods with spec.nodeName set to itself`;
    }
    case 'nodes':
    case 'nodes/status':
      return nodeProblem(node, request, object as Node | undefined);
    case 'serviceaccounts/token':
      return tokenProblem(node, request, object, lookup);
    case 'persistentvolumeclaims/status':
      return claimProblem(node, request.stored as PersistentVolumeClaim, object as PersistentVolumeClaim);
    case 'leases':
      return leaseProblem(node, request);
    case 'csinodes':
      return request.name === node ? undefined : 'can only access CSINode with the same name as the requesting node';
    default:
      return `unexpected operation ${JSON.stringify(request.operation)}`;
  }
}

/** Only mirror Pods are a kubelet's to make; what is bound to it, it may delete. */
function podProblem(
  name: string,
  node: string,
  { operation, stored }: AdmissionRequest,
  pod: Pod | undefined,
  lookup: Lookup,
): string | undefined {
  if (operation === 'DELETE') {
    const bound = (stored as Pod | undefined)?.spec.nodeName;
    if (stored === undefined || bound === node) return undefined;
    return `node ${name} can only delete pods with spec.nodeName set to itself`;
  }
  if (operation !== 'CREATE' || pod === undefined) return `unexpected operation ${JSON.stringify(operation)}`;
  if (pod.metadata.annotations?.[MIRROR] === undefined) {
    return `pod does not have ${JSON.stringify(MIRROR)} annotation, node ${name} can only create mirror pods`;
  }
  if (pod.spec.nodeName !== node) return `node ${name} can only create pods with spec.nodeName set to itself`;
  return ownerProblem(name, node, pod, lookup) ?? referenceProblem(name, pod);
}

function ownerProblem(name: string, node: string, { metadata }: Pod, lookup: Lookup): string | undefined {
  const owners = metadata.ownerReferences ?? [];
  if (owners.length > 1) return `node ${name} can only create pods with a single owner reference set to itself`;
  const owner = owners[0];
  if (owner === undefined || owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) {
    return `node ${name} can only create pods with an owner reference set to itself`;
  }
  if (owner.controller !== true) {
    return `node ${name} can only create pods with a controller owner reference set to itself`;
  }
  if (owner.blockOwnerDeletion === true) return `node ${name} must not set blockOwnerDeletion on an owner reference`;
  const stored = lookup('nodes', '', node);
  if (stored === undefined) throw notFound(resourceName('nodes'), node);
  if (stored.metadata.uid === owner.uid) return undefined;
  return `node ${node} UID mismatch: expected ${owner.uid} got ${stored.metadata.uid}`;
}

const REFERENCES = [
  ['serviceaccounts', 'a service account'],
  ['secrets', 'secrets'],
  ['configmaps', 'configmaps'],
  ['persistentvolumeclaims', 'persistentvolumeclaims'],
] as const;

function referenceProblem(name: string, pod: Pod): string | undefined {
  const { annotations: _, ...metadata } = pod.metadata;
  const references = [...podReferences({ ...pod, metadata })];
  const found = REFERENCES.find(([plural]) => references.some((reference) => reference.startsWith(`${plural}/`)));
  return found && `node ${name} can not create pods that reference ${found[1]}`;
}

function statusProblem(node: string, stored: Pod, next: Pod): string | undefined {
  if (stored.spec.nodeName !== node) {
    return `node ${quote(node)} can only update pod status for pods with spec.nodeName set to itself`;
  }
  if (sameValue(stored.metadata.labels ?? {}, next.metadata.labels ?? {})) return undefined;
  return `node ${quote(node)} cannot update labels through pod status`;
}

function nodeProblem(
  node: string,
  { operation, name, subresource, stored }: AdmissionRequest,
  next: Node | undefined,
): string | undefined {
  if (name !== node) return `node ${quote(node)} is not allowed to modify node ${quote(name)}`;
  if (next === undefined) return undefined;
  const before = (stored as Node | undefined) ?? undefined;
  if (operation === 'UPDATE' && subresource === '' && !sameValue(next.spec?.taints ?? [], before?.spec?.taints ?? [])) {
    return `node ${quote(node)} is not allowed to modify taints`;
  }
  const labels = changedKeys(next.metadata.labels ?? {}, before?.metadata.labels ?? {}).filter(
    (label) => !mayKubeletSet(label),
  );
  if (labels.length === 0) return undefined;
  const list = labels.sort().join(', ');
  return operation === 'CREATE'
    ? `node ${quote(node)} is not allowed to set the following labels: ${list}`
    : `is not allowed to modify labels: ${list}`;
}

function changedKeys(next: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(next), ...Object.keys(before)])].filter((key) => next[key] !== before[key]);
}

interface TokenRequest {
  readonly spec?: {
    readonly boundObjectRef?: {
      readonly kind?: string;
      readonly apiVersion?: string;
      readonly name?: string;
      readonly uid?: string;
    } | null;
  };
}

function tokenProblem(
  node: string,
  { namespace }: AdmissionRequest,
  object: unknown,
  lookup: Lookup,
): string | undefined {
  const { kind, apiVersion, name = '', uid = '' } = (object as TokenRequest).spec?.boundObjectRef ?? {};
  if (kind !== 'Pod' || apiVersion !== 'v1' || name === '') return 'node requested token not bound to a pod';
  if (uid === '') return 'node requested token with a pod binding without a uid';
  const pod = lookup('pods', namespace, name) as Pod | undefined;
  if (pod === undefined) throw notFound(resourceName('pods'), name);
  if (pod.metadata.uid !== uid) {
    return `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  }
  return pod.spec.nodeName === node ? undefined : 'node requested token bound to a pod scheduled on a different node';
}

function claimProblem(node: string, stored: PersistentVolumeClaim, next: PersistentVolumeClaim): string | undefined {
  const rest = ({ metadata, spec, status }: PersistentVolumeClaim) => {
    const { resourceVersion: _v, managedFields: _m, ...kept } = metadata;
    const {
      capacity: _c,
      conditions: _o,
      allocatedResources: _a,
      allocatedResourceStatuses: _s,
      ...others
    } = status ?? {};
    return { kept, spec, others };
  };
  if (sameValue(rest(stored), rest(next))) return undefined;
  return `node ${quote(node)} is not allowed to update fields other than status.capacity and status.conditions`;
}

function leaseProblem(node: string, { namespace, name }: AdmissionRequest): string | undefined {
  if (namespace !== LEASES) return `can only access leases in the ${JSON.stringify(LEASES)} system namespace`;
  return name === node ? undefined : 'can only access node lease with the same name as the requesting node';
}

function quote(name: string): string {
  return JSON.stringify(name);
}
