import type { UserInfo } from '../../../api/request.ts';
import { type Access, type AccessRules, type Authorizer, type Decision, NO_OPINION } from '../access.ts';
import { NODE_RULES } from '../bootstrap-policy/node-rules.ts';
import { RuleSet } from '../rbac/rule-set.ts';
import type { NodeGraph } from './node-graph.ts';
import { nodeOf } from './node-identity.ts';

const ALLOWED: Decision = { allowed: true, reason: '' };
const READS = ['get', 'list', 'watch'];
const LEASES = 'kube-node-lease';

/**
 * What a kubelet may do: what concerns its node, its Pods, and what these name.
 * https://kubernetes.io/docs/reference/access-authn-authz/node/
 */
export class NodeAuthorizer implements Authorizer {
  readonly #graph: NodeGraph;
  readonly #always = new RuleSet(NODE_RULES.map((rule) => ({ rule, grant: 'node' })));

  constructor(graph: NodeGraph) {
    this.#graph = graph;
  }

  authorize(access: Access): Decision {
    const node = nodeOf(access.user);
    if (node === undefined) return NO_OPINION;
    const special = access.path === '' ? this.#special(node, access) : undefined;
    if (special !== undefined) return special;
    return this.#always.find(access) === undefined ? NO_OPINION : ALLOWED;
  }

  rulesFor(user: UserInfo): AccessRules {
    const none = { resourceRules: [], nonResourceRules: [] };
    if (nodeOf(user) === undefined) return { ...none, incomplete: false };
    const evaluationError = 'node authorizer does not support user rule resolution';
    return { ...none, incomplete: true, evaluationError };
  }

  close(): void {
    this.#graph.close();
  }

  /** The verdict on what depends on the node; undefined for all other resources. */
  #special(node: string, access: Access): Decision | undefined {
    const { group, resource, subresource, name, namespace } = access;
    switch (group === '' ? resource : `${resource}.${group}`) {
      case 'secrets':
      case 'configmaps':
        return this.#namedOnly(node, access, READS, 'can only read namespaced object of this type');
      case 'persistentvolumeclaims':
        return this.#namedOnly(
          node,
          access,
          subresource === 'status' ? ['get', 'update', 'patch'] : ['get'],
          'can only get individual resources of this type',
        );
      case 'persistentvolumes':
        if (access.verb !== 'get') return deny('can only get individual resources of this type');
        return this.#graph.reachesVolume(node, name) ? ALLOWED : unrelated(node);
      case 'resourceclaims.resource.k8s.io':
        return this.#namedOnly(node, access, ['get'], 'can only get individual resources of this type');
      case 'serviceaccounts':
        if (subresource !== 'token' || access.verb !== 'create') {
          return deny('can only create tokens for individual service accounts');
        }
        return this.#graph.reaches(node, 'serviceaccounts', namespace, name) ? ALLOWED : unrelated(node);
      case 'leases.coordination.k8s.io':
        return ownLease(node, access);
      case 'csinodes.storage.k8s.io':
        return ownObject(node, access, 'can only access CSINode with the same name as the requesting node');
      case 'nodes':
        return ownNode(node, access);
      case 'pods':
        return this.#ownPods(node, access);
      default:
        return undefined;
    }
  }

  #namedOnly(node: string, access: Access, verbs: readonly string[], otherwise: string): Decision {
    if (!verbs.includes(access.verb)) return deny(otherwise);
    if (access.name === '') return deny('No Object name found');
    const { resource, namespace, name } = access;
    return this.#graph.reaches(node, resource, namespace, name) ? ALLOWED : unrelated(node);
  }

  #ownPods(node: string, access: Access): Decision | undefined {
    const { verb, subresource, namespace, name, fieldSelector = '' } = access;
    if (subresource !== '' || !READS.includes(verb)) return undefined;
    if (verb === 'get') return this.#graph.hasPod(node, namespace, name) ? ALLOWED : unrelated(node);
    if (selects(fieldSelector, 'spec.nodeName', node)) return ALLOWED;
    return name !== '' && this.#graph.hasPod(node, namespace, name)
      ? ALLOWED
      : deny(`can only list/watch pods with spec.nodeName field selector`);
  }
}

function ownNode(node: string, access: Access): Decision | undefined {
  const { verb, subresource, name } = access;
  if (subresource !== '' || !READS.includes(verb)) return undefined;
  if (name === node) return ALLOWED;
  if (name === '') return deny('node can only list/watch its own Node object by metadata.name field selector');
  return deny(`node ${quote(node)} cannot read ${quote(name)}, only its own Node object`);
}

function ownLease(node: string, access: Access): Decision {
  const { verb, namespace, name } = access;
  if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb)) {
    return deny('can only get, create, update, patch, or delete a node lease');
  }
  if (namespace !== LEASES) return deny(`can only access leases in the ${JSON.stringify(LEASES)} system namespace`);
  if (verb !== 'create' && name !== node)
    return deny('can only access node lease with the same name as the requesting node');
  return ALLOWED;
}

function ownObject(node: string, { verb, name }: Access, otherwise: string): Decision {
  return name === node || (verb === 'create' && name === '') ? ALLOWED : deny(otherwise);
}

function selects(fieldSelector: string, field: string, value: string): boolean {
  return fieldSelector.split(',').some((each) => each === `${field}=${value}` || each === `${field}==${value}`);
}

function unrelated(node: string): Decision {
  return deny(`no relationship found between node ${quote(node)} and this object`);
}

function quote(name: string): string {
  return `'${name}'`;
}

function deny(reason: string): Decision {
  return { allowed: false, reason };
}
