import { stringify } from 'yaml';
import { isReady } from '../../api/core/ready.ts';
import type { Node } from '../../api/kinds.ts';
import { configMaps, nodes } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Client } from '../../client/client.ts';
import { CRI_SOCKET } from '../../containerd/cri-socket.ts';
import { Errno } from '../../linux/errno.ts';
import { formatGoDuration } from '../../linux/programs/go/duration.ts';
import { askManager } from '../../linux/programs/systemd/bus.ts';
import { print } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { BOOTSTRAP_KUBECONFIG, KUBELET_KUBECONFIG } from '../bootstrap/kubeadm.ts';
import { STATIC_POD_PATH } from '../bootstrap/static-pods.ts';
import { ask } from './api.ts';
import { tokenText } from './bootstrap-token.ts';
import { type Asked, type Command, phaseError } from './command.ts';
import { CONFIG_FLAG } from './config-flag.ts';
import { type ClusterInfo, clientByToken, clusterInFile, discover } from './discovery.ts';
import { would, wouldWrite } from './dry-run.ts';
import { endpointFor, prepareControlPlane, startControlPlane } from './join-control-plane.ts';
import { type JoinPlan, planOf } from './join-plan.ts';
import { directoryIsEmpty, fileIsAbsent, portIsFree, preflight, serviceRuns } from './preflight.ts';

const CA = '/etc/kubernetes/pki/ca.crt';
const KUBELET = '/var/lib/kubelet';
const LOOK_MS = 500;
const HEALTH_TIMEOUT_MS = 240_000;
const BOOTSTRAP_TIMEOUT_MS = 300_000;

export const JOIN: Command = {
  name: 'join',
  operands: '[api-server-endpoint]',
  short: 'Run this on any machine you wish to join an existing cluster',
  long: `This command makes the machine a node of the cluster whose API server is at the endpoint.

By the token (--token) it fetches what the cluster says of itself and checks that it is signed with the same token; by
--discovery-token-ca-cert-hash it knows the key of the cluster's CA. Then the kubelet asks for a certificate of its own by
the token, and the cluster approves that. On the control plane, "kubeadm token create --print-join-command" prints the
whole command.
`,
  maxArgs: 1,
  flags: {
    token: {
      type: 'string',
      default: '',
      usage: 'Use this token for both discovery-token and tls-bootstrap-token when those values are not provided.',
    },
    'discovery-token': { type: 'string', default: '', usage: 'The token by which the cluster information is checked.' },
    'tls-bootstrap-token': {
      type: 'string',
      default: '',
      usage: 'The token by which the kubelet asks for its certificate.',
    },
    'discovery-token-ca-cert-hash': {
      type: 'string',
      default: '',
      usage: 'The CA\'s public key has to match this hash (format: "<type>:<value>").',
    },
    'discovery-token-unsafe-skip-ca-verification': {
      type: 'bool',
      default: false,
      usage: 'Allow joining without --discovery-token-ca-cert-hash pinning.',
    },
    'discovery-file': { type: 'string', default: '', usage: 'A file or URL from which to load cluster information.' },
    'node-name': { type: 'string', default: '', usage: 'Specify the node name.' },
    'cri-socket': { type: 'string', default: '', usage: 'Path to the CRI socket to connect.' },
    ...CONFIG_FLAG,
    'control-plane': { type: 'bool', default: false, usage: 'Create a new control plane instance on this node' },
    'certificate-key': { type: 'string', default: '', usage: 'Decrypts the certificates that init has uploaded.' },
    'ignore-preflight-errors': {
      type: 'string',
      default: '',
      usage: "A list of checks whose errors will be shown as warnings. Value 'all' ignores errors from all checks.",
    },
  },
  dryRun: true,
  run: join,
};

function* join(asked: Asked): Task<void> {
  const { process, flags } = asked;
  const plan = yield* planOf(asked, JOIN.flags ?? {});
  const wish = plan.controlPlane;
  const ignored = [flags.string('ignore-preflight-errors'), ...plan.ignored].join();
  // Who brings the certificates along has that of the authority, too.
  yield* preflight(process, wish === undefined ? [...CHECKS, fileIsAbsent(CA)] : CHECKS, ignored);
  const info =
    plan.discovery === undefined ? clusterInFile(process, plan.file) : yield* discover(asked, plan.discovery);
  const client = clientByToken(asked, info.server, plan.kubeletToken);
  const { kubeletConfig, endpoint } = yield* readConfiguration(asked, client, plan);
  const files = filesOf(info, plan, kubeletConfig);
  if (flags.bool('dry-run')) {
    for (const [path, text] of files) yield* wouldWrite(process, path, text);
    yield* would(process, 'start the kubelet and wait for its TLS bootstrap');
    return;
  }
  const machine = { ...asked, ...(endpoint === undefined ? {} : { endpoint }) };
  if (wish !== undefined) yield* prepareControlPlane(machine, client, wish, ignored);
  yield* prepareKubelet(process, client, files);
  try {
    // Its unit names the file with these flags, and need not be read where there are none.
    if (plan.kubeletArgs.length > 0) yield* askManager(process, { method: 'reload' });
    yield* startKubelet(process);
  } finally {
    if (process.access(BOOTSTRAP_KUBECONFIG, 'exists')) process.unlink(BOOTSTRAP_KUBECONFIG);
  }
  if (wish === undefined) yield* print(process, DONE);
  else yield* startControlPlane(machine, info.server);
}

const CHECKS = [
  serviceRuns(CRI_SOCKET),
  directoryIsEmpty(STATIC_POD_PATH),
  fileIsAbsent(KUBELET_KUBECONFIG),
  fileIsAbsent(BOOTSTRAP_KUBECONFIG),
  portIsFree(10250),
];

interface Configuration {
  readonly kubeletConfig: string;
  /** Where a balancer stands; only for who needs it. */
  readonly endpoint: string | undefined;
}

/** The kubelets' configuration, and the cluster's. @throws KubeadmError, also where the machine cannot become what it is to be */
function* readConfiguration(asked: Asked, client: Client, { controlPlane }: JoinPlan): Task<Configuration> {
  const { process } = asked;
  const read = (name: string) => () => client.resource(configMaps).get(name, 'kube-system');
  yield* print(
    process,
    '[preflight] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n' +
      "[preflight] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n",
  );
  const problem =
    'error execution phase preflight: unable to fetch the kubeadm-config ConfigMap: failed to get config map';
  const { data: cluster } = yield* ask(process, read('kubeadm-config'), problem);
  const endpoint = controlPlane && endpointFor(asked, cluster?.['ClusterConfiguration'] ?? '', controlPlane);
  const { data } = yield* ask(process, read('kubelet-config'), problem);
  return { kubeletConfig: data?.['kubelet'] ?? '', endpoint };
}

/** What the kubelet will go by, by path: that it is known by its token, whom it may believe, and how it is configured. */
function filesOf(
  { server, authority }: ClusterInfo,
  { kubeletToken, kubeletArgs }: JoinPlan,
  kubeletConfig: string,
): ReadonlyMap<string, string> {
  return new Map([
    [BOOTSTRAP_KUBECONFIG, bootstrapKubeconfig(server, authority, tokenText(kubeletToken))],
    [CA, authority],
    [`${KUBELET}/config.yaml`, kubeletConfig],
    [`${KUBELET}/kubeadm-flags.env`, `KUBELET_KUBEADM_ARGS="${kubeletArgs.join(' ')}"\n`],
  ]);
}

function* prepareKubelet(process: Process, client: Client, files: ReadonlyMap<string, string>): Task<void> {
  const write = (path: string, mode = 0o644) => process.writeFile(path, files.get(path)!, { mode });
  process.makeDirectories('/etc/kubernetes/pki');
  write(BOOTSTRAP_KUBECONFIG, 0o600);
  if (!process.access(CA, 'exists')) write(CA);
  const existing = yield* ask(
    process,
    () => nodeOf(client, process.hostname),
    `error execution phase kubelet-start: cannot get Node ${JSON.stringify(process.hostname)}`,
  );
  if (existing !== undefined && isReady(existing)) {
    throw phaseError(
      'kubelet-start',
      `a Node with name ${JSON.stringify(process.hostname)} and status "Ready" already exists in the cluster. You must delete the existing Node or change the name of this new joining Node`,
    );
  }
  yield* askManager(process, { method: 'stop', unit: 'kubelet.service' });
  process.makeDirectories(KUBELET);
  for (const [what, name] of [
    ['configuration', 'config.yaml'],
    ['environment file with flags', 'kubeadm-flags.env'],
  ]) {
    yield* print(process, `[kubelet-start] Writing kubelet ${what} to file "${KUBELET}/${name}"\n`);
    write(`${KUBELET}/${name}`);
  }
}

function nodeOf(client: Client, name: string): Node | undefined {
  try {
    return client.resource(nodes).get(name);
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'NotFound') return undefined;
    throw error;
  }
}

function* startKubelet(process: Process): Task<void> {
  yield* print(process, '[kubelet-start] Starting the kubelet\n');
  yield* askManager(process, { method: 'enable', unit: 'kubelet.service' });
  yield* askManager(process, { method: 'start', unit: 'kubelet.service' });
  yield* print(
    process,
    '[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s\n',
  );
  const beganMs = process.now();
  const health = { timeoutMs: HEALTH_TIMEOUT_MS, lookMs: LOOK_MS };
  if (!(yield* waitFor(process, health, () => answers(process)))) {
    yield* failed(
      process,
      'The HTTP call equal to \'curl -sSL http://127.0.0.1:10248/healthz\' returned error: Get "http://127.0.0.1:10248/healthz": dial tcp 127.0.0.1:10248: connect: connection refused',
    );
  }
  yield* print(process, `[kubelet-check] The kubelet is healthy after ${formatGoDuration(process.now() - beganMs)}\n`);
  yield* print(process, '[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap\n');
  const bootstrap = { timeoutMs: BOOTSTRAP_TIMEOUT_MS, lookMs: LOOK_MS };
  const isThere = function* (): Task<boolean> {
    return process.access(KUBELET_KUBECONFIG, 'exists');
  };
  if (!(yield* waitFor(process, bootstrap, isThere))) yield* failed(process, 'context deadline exceeded');
}

function* waitFor(
  process: Process,
  { timeoutMs, lookMs }: { readonly timeoutMs: number; readonly lookMs: number },
  condition: () => Task<boolean>,
): Task<boolean> {
  const deadlineMs = process.now() + timeoutMs;
  while (!(yield* condition())) {
    if (process.now() >= deadlineMs) return false;
    yield* process.sleep(lookMs);
  }
  return true;
}

/** Whether somebody serves where the kubelet tells of its health. */
function* answers(process: Process): Task<boolean> {
  try {
    process.close(yield* process.connect('127.0.0.1', 10248));
    return true;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

function* failed(process: Process, why: string): Task<never> {
  yield* print(process, `\nUnfortunately, an error has occurred:\n\t${why}\n${HINTS}`);
  throw phaseError('kubelet-start', why);
}

const HINTS = `
This error is likely caused by:
\t- The kubelet is not running
\t- The kubelet is unhealthy due to a misconfiguration of the node in some way (required cgroups disabled)

If you are on a systemd-powered system, you can try to troubleshoot the error with the following commands:
\t- 'systemctl status kubelet'
\t- 'journalctl -xeu kubelet'

`;

const DONE = `
This node has joined the cluster:
* Certificate signing request was sent to apiserver and a response was received.
* The Kubelet was informed of the new secure connection details.

Run 'kubectl get nodes' on the control-plane to see this node join the cluster.

`;

function bootstrapKubeconfig(server: string, authority: string, token: string): string {
  const user = 'tls-bootstrap-token-user';
  return stringify(
    {
      apiVersion: 'v1',
      clusters: [{ cluster: { 'certificate-authority-data': btoa(authority), server }, name: 'kubernetes' }],
      contexts: [{ context: { cluster: 'kubernetes', user }, name: `${user}@kubernetes` }],
      'current-context': `${user}@kubernetes`,
      kind: 'Config',
      preferences: {},
      users: [{ name: user, user: { token } }],
    },
    { indentSeq: false, lineWidth: 0 },
  );
}
