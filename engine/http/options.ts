import { parseArgs } from 'node:util';
import { MAX_CONTROL_PLANES } from '../cluster/options.ts';

/** What `npm run cluster` was asked for. */
export interface ServerOptions {
  /** Virtual seconds for each real one. */
  readonly speed: number;
  /** How many worker machines. */
  readonly nodes: number | undefined;
  /** How many machines have a control plane. */
  readonly controlPlanes: number | undefined;
  /** How many GPUs each worker has, in their order. */
  readonly gpus: readonly number[] | undefined;
  /** A driver that makes volumes, and a default StorageClass. */
  readonly storage: boolean;
  readonly port: number;
  readonly address: string;
  /** TLS with certificates made at the start. */
  readonly https: boolean;
  readonly seed: string | undefined;
  /** Where the journal is kept, if it is. */
  readonly stateFile: string | undefined;
  /** Where the kubeconfig is written. */
  readonly kubeconfig: string | undefined;
  readonly help: boolean;
}

export const USAGE = `Usage: npm run cluster -- [options]

Boots a simulated Kubernetes cluster and serves its API to kubectl, helm and client libraries.

  --nodes N          worker nodes (2)
  --control-planes N machines with an API server and an etcd, behind a balancer where there are several (1)
  --gpus N,M,...     NVIDIA GPUs of the first worker, the second, ...
  --storage          a driver that makes volumes (CSI hostpath) and the default StorageClass "standard"
  --speed N          virtual seconds for each real one (1)
  --port P           port of the API (6443; 0 picks a free one)
  --address A        address to listen on (127.0.0.1); without --https whoever reaches it is kubernetes-admin
  --https            TLS with certificates of the cluster's CA; the kubeconfig brings a client certificate and a token
  --seed S           same seed, options and requests: same cluster (drydock)
  --state FILE       keep what was done in FILE and bring it back at the next start
  --kubeconfig FILE  where to write the kubeconfig (in the system's temporary directory)
`;

const MAX_NODES = 500;
const MAX_SPEED = 1000;
const MAX_GPUS = 16;

/** @throws Error with a sentence for the user. */
export function readOptions(argv: readonly string[]): ServerOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      speed: { type: 'string', default: '1' },
      nodes: { type: 'string' },
      'control-planes': { type: 'string' },
      gpus: { type: 'string' },
      storage: { type: 'boolean', default: false },
      port: { type: 'string', default: '6443' },
      address: { type: 'string', default: '127.0.0.1' },
      https: { type: 'boolean', default: false },
      seed: { type: 'string' },
      state: { type: 'string' },
      kubeconfig: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const whole = (name: 'nodes' | 'control-planes', most: number) =>
    values[name] === undefined ? undefined : readNumber(name, values[name], 1, most, true);
  return {
    speed: readNumber('speed', values.speed, 0.01, MAX_SPEED, false),
    nodes: whole('nodes', MAX_NODES),
    controlPlanes: whole('control-planes', MAX_CONTROL_PLANES),
    gpus:
      values.gpus === undefined
        ? undefined
        : values.gpus.split(',').map((text) => readNumber('gpus', text, 0, MAX_GPUS, true)),
    storage: values.storage,
    port: readNumber('port', values.port, 0, 65_535, true),
    address: values.address,
    https: values.https,
    seed: values.seed,
    stateFile: values.state,
    kubeconfig: values.kubeconfig,
    help: values.help,
  };
}

function readNumber(name: string, text: string, least: number, most: number, whole: boolean): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new Error(`--${name} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not "${text}"`);
}
