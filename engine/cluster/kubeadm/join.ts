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
import { BOOTSTRAP_KUBECONFIG, KUBELET_KUBECONFIG } from '../kubeadm.ts';
import { STATIC_POD_PATH } from '../static-pods.ts';
import { ask } from './api.ts';
import { readTokenText, tokenText } from './bootstrap-token.ts';
import { type Asked, type Command, KubeadmError, notHere, phaseError } from './command.ts';
import { type ClusterInfo, clientByToken, type Discovery, discover } from './discovery.ts';
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
    config: { type: 'string', default: '', usage: 'Path to a kubeadm configuration file.' },
    'control-plane': { type: 'bool', default: false, usage: 'Create a new control plane instance on this node' },
    'certificate-key': { type: 'string', default: '', usage: 'Decrypts the certificates that init has uploaded.' },
    'ignore-preflight-errors': {
      type: 'string',
      default: '',
      usage: "A list of checks whose errors will be shown as warnings. Value 'all' ignores errors from all checks.",
    },
  },
  run: join,
};

interface Plan extends Discovery {
  readonly kubeletToken: Discovery['token'];
}

function* join(asked: Asked): Task<void> {
  const { process, flags } = asked;
  const plan = planOf(asked);
  yield* preflight(process, CHECKS, flags.string('ignore-preflight-errors'));
  const info = yield* discover(asked, plan);
  const client = clientByToken(asked, info.server, plan.kubeletToken);
  const kubeletConfig = yield* readConfiguration(process, client);
  yield* prepareKubelet(process, client, info, plan.kubeletToken, kubeletConfig);
  try {
    yield* startKubelet(process);
  } finally {
    if (process.access(BOOTSTRAP_KUBECONFIG, 'exists')) process.unlink(BOOTSTRAP_KUBECONFIG);
  }
  yield* print(process, DONE);
}

const CHECKS = [
  serviceRuns(CRI_SOCKET),
  directoryIsEmpty(STATIC_POD_PATH),
  fileIsAbsent(KUBELET_KUBECONFIG),
  fileIsAbsent(BOOTSTRAP_KUBECONFIG),
  portIsFree(10250),
  fileIsAbsent(CA),
];

/** @throws KubeadmError for a command line that says too little, or what is not here */
function planOf({ process, flags, args }: Asked): Plan {
  for (const flag of ['config', 'discovery-file', 'certificate-key'])
    if (flags.string(flag) !== '') throw notHere(`--${flag}`);
  if (flags.bool('control-plane')) throw notHere('a second control plane');
  const name = flags.string('node-name');
  if (name !== '' && name !== process.hostname) throw notHere('a node name other than that of the machine');
  const [endpoint] = args;
  if (endpoint === undefined)
    throw new KubeadmError('discovery: Invalid value: "": bootstrapToken or file must be set', 3);
  const tokenOf = (flag: string) => flags.string(flag) || flags.string('token');
  const discovery = tokenOf('discovery-token');
  const pins = flags
    .string('discovery-token-ca-cert-hash')
    .split(',')
    .filter((pin) => pin !== '');
  if (discovery === '')
    throw new KubeadmError('discovery.bootstrapToken.token: Invalid value: "": the bootstrap token is invalid', 3);
  if (pins.length === 0 && !flags.bool('discovery-token-unsafe-skip-ca-verification')) {
    throw new KubeadmError(
      'discovery.bootstrapToken.caCertHashes: Invalid value: "": using token-based discovery without caCertHashes can be unsafe. Set unsafeSkipCAVerification as true in your kubeadm config file or pass --discovery-token-unsafe-skip-ca-verification flag to continue',
      3,
    );
  }
  const wrong = pins.find((pin) => !/^sha256:[0-9a-fA-F]{64}$/.test(pin));
  if (wrong !== undefined) {
    throw phaseError(
      'preflight',
      `couldn't validate the identity of the API Server: invalid discovery token CA certificate hash: invalid hash ${JSON.stringify(wrong)}, expected "format:hex-value"`,
    );
  }
  return {
    endpoint: /:\d+$/.test(endpoint) ? endpoint : `${endpoint}:6443`,
    token: readTokenText(discovery),
    kubeletToken: readTokenText(tokenOf('tls-bootstrap-token')),
    pins: pins.map((pin) => pin.toLowerCase()),
  };
}

function* readConfiguration(process: Process, client: Client): Task<string> {
  const read = (name: string) => () => client.resource(configMaps).get(name, 'kube-system');
  yield* print(
    process,
    '[preflight] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n' +
      "[preflight] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n",
  );
  const problem =
    'error execution phase preflight: unable to fetch the kubeadm-config ConfigMap: failed to get config map';
  yield* ask(process, read('kubeadm-config'), problem);
  const { data } = yield* ask(process, read('kubelet-config'), problem);
  return data?.['kubelet'] ?? '';
}

/** Writes down what the kubelet will go by. */
function* prepareKubelet(
  process: Process,
  client: Client,
  { server, authority }: ClusterInfo,
  token: Discovery['token'],
  kubeletConfig: string,
): Task<void> {
  process.makeDirectories('/etc/kubernetes/pki');
  process.writeFile(BOOTSTRAP_KUBECONFIG, bootstrapKubeconfig(server, authority, tokenText(token)), { mode: 0o600 });
  if (!process.access(CA, 'exists')) process.writeFile(CA, authority, { mode: 0o644 });
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
  const write = function* (what: string, name: string, text: string): Task<void> {
    yield* print(process, `[kubelet-start] Writing kubelet ${what} to file "${KUBELET}/${name}"\n`);
    process.writeFile(`${KUBELET}/${name}`, text, { mode: 0o644 });
  };
  yield* write('configuration', 'config.yaml', kubeletConfig);
  yield* write('environment file with flags', 'kubeadm-flags.env', 'KUBELET_KUBEADM_ARGS=""\n');
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
