import { isReady } from '../../api/core/ready.ts';
import type { ClusterRoleBinding } from '../../api/kinds.ts';
import type { Manifest } from '../../api/object.ts';
import { clusterRoleBindings, nodes } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import { Client } from '../../client/client.ts';
import { ConnectionError, type Transport } from '../../client/transport.ts';
import { makeDirectories } from '../../linux/directory-tree.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { keepKubeletIdentity } from './kubelet-identity.ts';

const RBAC = 'rbac.authorization.k8s.io';
const ASK_EVERY_MS = 200;

/** The binding, and the group, of those who may do everything. */
export const ADMINISTRATORS = 'kubeadm:cluster-admins';

/** What a bootstrap token makes whoever joins with it a member of. */
export const JOINING = 'system:bootstrappers:kubeadm:default-node-token';

/** Which group has which ClusterRole in a cluster that kubeadm made. */
const BINDINGS: readonly (readonly [name: string, role: string, group: string])[] = [
  [ADMINISTRATORS, 'cluster-admin', ADMINISTRATORS],
  ['kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', JOINING],
  ['kubeadm:node-autoapprove-bootstrap', 'system:certificates.k8s.io:certificatesigningrequests:nodeclient', JOINING],
  [
    'kubeadm:node-autoapprove-certificate-rotation',
    'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
    'system:nodes',
  ],
  ['kubeadm:get-nodes', 'kubeadm:get-nodes', JOINING],
];

/** A machine, and the labels of its Node that its kubelet may not set itself. */
export interface NodeLabels {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a kubelet goes by; `kubeadm init` or `kubeadm join` writes it. */
export const KUBELET_KUBECONFIG = '/etc/kubernetes/kubelet.conf';

/** What a kubelet asks for that by; `kubeadm join` writes it, and takes it away. */
export const BOOTSTRAP_KUBECONFIG = '/etc/kubernetes/bootstrap-kubelet.conf';

/** What cloud-init leaves, which runs what whoever made a machine wanted of it, once in its life. */
const MACHINE_IS_MADE = '/var/lib/cloud/instance/sem/config_scripts_user';

/**
 * What `kubeadm init` does once the API server is there: binds the administrators' group, and marks the nodes with what
 * their kubelets may not say of themselves. It ends when that is done.
 * https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/
 *
 * @param transport as a member of system:masters, as super-admin.conf has it.
 * @param marked the control plane's node, then those that join later
 * @param configuration what it leaves for those who join
 */
export function kubeadmInit(
  transport: Transport,
  [first, ...joining]: readonly NodeLabels[],
  addOns: readonly AddOnObject[] = [],
  configuration: readonly AddOnObject[] = [],
): Program {
  return function* (process) {
    const client = new Client(transport, { userAgent: 'kubeadm' });
    const steps = [
      () => BINDINGS.every((binding) => ensureBinding(client, ...binding)),
      () => first === undefined || markNode(client, first),
      ...addOns.map((addOn) => () => createAddOn(client, addOn)),
      ...joining.map((node) => () => markNode(client, node)),
      ...configuration.map((object) => () => createAddOn(client, object)),
    ];
    for (const step of steps) while (!isDone(step)) yield* process.sleep(ASK_EVERY_MS);
    return 0;
  };
}

/** What a worker is joined with, as if its kubelet had asked for its certificate by a token. */
export interface JoiningMachine {
  /** `https://10.0.0.10:6443` */
  readonly server: string;
  /** The certificate of the cluster's CA, PEM. */
  readonly rootCa: string;
  /** The kubelet's certificate and its key. */
  readonly pem: string;
  /** What is done before its kubelet starts, and when it has; each until it says that it is done. */
  readonly before?: () => boolean;
  readonly afterwards?: () => boolean;
}

/**
 * What whoever builds the cluster does on a worker: waits until the control plane is Ready, then `kubeadm join`. By then
 * the add-ons that wanted a node have the control plane's, so the workers are the learner's.
 *
 * @param transport as the administrator who watches `kubectl get nodes`
 */
export function kubeadmJoin(transport: Transport, machine: JoiningMachine): Program {
  const { server, rootCa, pem, before, afterwards } = machine;
  return function* (process) {
    if (process.access(MACHINE_IS_MADE, 'exists')) return 0;
    const client = new Client(transport, { userAgent: 'kubeadm' });
    const controlPlaneIsReady = () => client.resource(nodes).list().items.some(isReady);
    while (!isDone(controlPlaneIsReady)) yield* process.sleep(ASK_EVERY_MS);
    while (before?.() === false) yield* process.sleep(ASK_EVERY_MS);
    makeDirectories(process, '/etc/kubernetes/pki');
    process.writeFile('/etc/kubernetes/pki/ca.crt', rootCa);
    const cluster = { 'certificate-authority-data': btoa(rootCa), server };
    keepKubeletIdentity(process, KUBELET_KUBECONFIG, cluster, pem);
    makeDirectories(process, MACHINE_IS_MADE.slice(0, MACHINE_IS_MADE.lastIndexOf('/')));
    process.writeFile(MACHINE_IS_MADE, '');
    while (afterwards?.() === false) yield* process.sleep(ASK_EVERY_MS);
    return 0;
  };
}

/** Whether a machine has been joined once, and its kubelet has been told what to go by since. */
export function isMade(process: Process): boolean {
  return process.access(MACHINE_IS_MADE, 'exists') && process.access('/var/lib/kubelet/config.yaml', 'exists');
}

/** A kubelet that has not been told where its cluster is ends at once and is started again; here it waits. */
export function* waitForJoin(process: Process): Task<void> {
  const isThere = (path: string): boolean => process.access(path, 'exists');
  while (![KUBELET_KUBECONFIG, BOOTSTRAP_KUBECONFIG].some(isThere)) yield* process.sleep(ASK_EVERY_MS);
}

/** An object that comes with the cluster, and the path of the collection that it is created in. */
export interface AddOnObject {
  readonly path: string;
  readonly object: object;
}

function createAddOn(client: Client, { path, object }: AddOnObject): true {
  try {
    client.request({ method: 'POST', path, body: object });
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error;
  }
  return true;
}

/** False while the API server is not there, or what the step is about. */
function isDone(step: () => boolean): boolean {
  try {
    return step();
  } catch (error) {
    if (error instanceof ConnectionError || error instanceof StatusError) return false;
    throw error;
  }
}

function ensureBinding(client: Client, name: string, role: string, group: string): true {
  const bindings = client.resource<ClusterRoleBinding>(clusterRoleBindings);
  const binding: Manifest<ClusterRoleBinding> = {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: RBAC, kind: 'Group', name: group }],
  };
  try {
    bindings.create(binding);
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error;
  }
  return true;
}

function markNode(client: Client, { name, labels }: NodeLabels): true {
  if (Object.keys(labels).length === 0) return true;
  client.resource(nodes).patch(name, undefined, 'merge', { metadata: { labels } });
  return true;
}
