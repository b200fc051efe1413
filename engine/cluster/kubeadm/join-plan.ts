import type { FlagSpecs } from '../../linux/programs/go/flags.ts';
import type { Task } from '../../sim/index.ts';
import { readTokenText } from './bootstrap-token.ts';
import { type Asked, KubeadmError, notHere, phaseError } from './command.ts';
import { loadConfiguration, requireNoOthers } from './config-flag.ts';
import { type ConfigurationFile, textAt, textsAt, valueAt } from './configuration.ts';
import type { Discovery } from './discovery.ts';
import type { ControlPlaneWish } from './join-control-plane.ts';

/** What `kubeadm join` is told, by flags or by a file. */
export interface JoinPlan {
  /** By which the cluster is found; undefined where a file tells of it. */
  readonly discovery: Discovery | undefined;
  /** A kubeconfig that tells of the cluster. */
  readonly file: string;
  /** By which the kubelet asks for its certificate. */
  readonly kubeletToken: Discovery['token'];
  /** Checks that may fail. */
  readonly ignored: readonly string[];
  /** Flags for the kubelet. */
  readonly kubeletArgs: readonly string[];
  readonly controlPlane: ControlPlaneWish | undefined;
}

/** The same before anything of it has been looked at. */
interface Wishes {
  readonly endpoint: string;
  readonly token: string;
  readonly kubeletToken: string;
  readonly pins: readonly string[];
  readonly isUnsafe: boolean;
  readonly file: string;
  readonly nodeName: string;
  readonly ignored: readonly string[];
  readonly kubeletArgs: readonly string[];
  readonly controlPlane: ControlPlaneWish | undefined;
}

/** @throws KubeadmError for a command line, or a file, that says too little, or what is not here */
export function* planOf(asked: Asked, specs: FlagSpecs): Task<JoinPlan> {
  const file = yield* loadConfiguration(asked);
  if (file !== undefined) requireNoOthers(asked, Object.keys(specs));
  const wishes = file === undefined ? wishesOfFlags(asked) : wishesOfFile(file);
  const { nodeName, token, kubeletToken, ignored, kubeletArgs, controlPlane } = wishes;
  if (nodeName !== '' && nodeName !== asked.process.hostname)
    throw notHere('a node name other than that of the machine');
  const discovery = wishes.file === '' ? discoveryOf(wishes) : undefined;
  if (kubeletToken === '' && token === '') throw wrong('discovery.tlsBootstrapToken', 'the bootstrap token is invalid');
  return {
    discovery,
    file: wishes.file,
    kubeletToken: readTokenText(kubeletToken || token),
    ignored,
    kubeletArgs,
    controlPlane,
  };
}

function wishesOfFlags({ flags, args }: Asked): Wishes {
  const token = flags.string('token');
  return {
    endpoint: args[0] ?? '',
    token: flags.string('discovery-token') || token,
    kubeletToken: flags.string('tls-bootstrap-token') || token,
    pins: flags
      .string('discovery-token-ca-cert-hash')
      .split(',')
      .filter((pin) => pin !== ''),
    isUnsafe: flags.bool('discovery-token-unsafe-skip-ca-verification'),
    file: flags.string('discovery-file'),
    nodeName: flags.string('node-name'),
    ignored: [],
    kubeletArgs: [],
    controlPlane: flags.bool('control-plane') ? { certificateKey: flags.string('certificate-key') } : undefined,
  };
}

function wishesOfFile(file: ConfigurationFile): Wishes {
  const join = file.of('JoinConfiguration');
  if (join === undefined) throw new KubeadmError('no JoinConfiguration found in the YAML file');
  const taints = valueAt(join, 'nodeRegistration.taints');
  const args = valueAt(join, 'nodeRegistration.kubeletExtraArgs');
  const texts = [
    ...(Array.isArray(args) ? args.map((each) => `--${each.name}=${each.value}`) : []),
    ...(Array.isArray(taints) && taints.length > 0
      ? [`--register-with-taints=${taints.map(({ key, value = '', effect }) => `${key}=${value}:${effect}`).join()}`]
      : []),
  ];
  return {
    endpoint: textAt(join, 'discovery.bootstrapToken.apiServerEndpoint'),
    token: textAt(join, 'discovery.bootstrapToken.token'),
    kubeletToken: textAt(join, 'discovery.tlsBootstrapToken'),
    pins: textsAt(join, 'discovery.bootstrapToken.caCertHashes'),
    isUnsafe: valueAt(join, 'discovery.bootstrapToken.unsafeSkipCAVerification') === true,
    file: textAt(join, 'discovery.file.kubeConfigPath'),
    nodeName: textAt(join, 'nodeRegistration.name'),
    ignored: textsAt(join, 'nodeRegistration.ignorePreflightErrors'),
    kubeletArgs: texts,
    controlPlane:
      valueAt(join, 'controlPlane') === undefined
        ? undefined
        : { certificateKey: textAt(join, 'controlPlane.certificateKey') },
  };
}

/** @throws KubeadmError */
function discoveryOf({ endpoint, token, pins, isUnsafe }: Wishes): Discovery {
  if (endpoint === '') throw wrong('discovery', 'bootstrapToken or file must be set');
  if (token === '') throw wrong('discovery.bootstrapToken.token', 'the bootstrap token is invalid');
  if (pins.length === 0 && !isUnsafe) {
    throw wrong(
      'discovery.bootstrapToken.caCertHashes',
      'using token-based discovery without caCertHashes can be unsafe. Set unsafeSkipCAVerification as true in your kubeadm config file or pass --discovery-token-unsafe-skip-ca-verification flag to continue',
    );
  }
  const bad = pins.find((pin) => !/^sha256:[0-9a-fA-F]{64}$/.test(pin));
  if (bad !== undefined) {
    throw phaseError(
      'preflight',
      `couldn't validate the identity of the API Server: invalid discovery token CA certificate hash: invalid hash ${JSON.stringify(bad)}, expected "format:hex-value"`,
    );
  }
  return {
    endpoint: /:\d+$/.test(endpoint) ? endpoint : `${endpoint}:6443`,
    token: readTokenText(token),
    pins: pins.map((pin) => pin.toLowerCase()),
  };
}

/** A value that is not good, with the exit code of validation errors. */
function wrong(field: string, why: string): KubeadmError {
  return new KubeadmError(`${field}: Invalid value: "": ${why}`, 3);
}
