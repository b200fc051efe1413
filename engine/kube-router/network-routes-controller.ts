import { Errno } from '../linux/errno.ts';
import { runCommand } from '../linux/run-command.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import type { NodeRoute } from './node-watch.ts';

const CONFLIST = '/etc/cni/net.d/10-kuberouter.conflist';

/** By this `ip route` tells kube-router's routes from others'. */
const PROTOCOL = '17';

const POD_SUBNETS = 'kube-router-pod-subnets';
const NODE_IPS = 'kube-router-node-ips';

/** Pods that speak to somebody outside the cluster do so by their node's address. */
const MASQUERADE = [
  ...['-m', 'set', '--match-set', POD_SUBNETS, 'src', '-m', 'set', '!', '--match-set', POD_SUBNETS, 'dst'],
  ...['-m', 'set', '!', '--match-set', NODE_IPS, 'dst', '-j', 'MASQUERADE', '--random-fully'],
];

/**
 * The Pod network of one node: the range of its Pods in the runtime's configuration, a route to the Pods of every other
 * node, and masquerading for what leaves the cluster. After kube-router's pkg/controllers/routing, which learns the routes
 * by BGP from the other nodes; here they follow the Nodes.
 */
export class NetworkRoutesController {
  readonly #nodeName: string;
  #last = '';

  constructor(nodeName: string) {
    this.#nodeName = nodeName;
  }

  /** Returns why it failed, or undefined. `anew`: somebody may have meddled. @throws NoPodCidrError */
  *sync(process: Process, nodes: readonly NodeRoute[], anew: boolean): Task<string | undefined> {
    const own = nodes.find(({ name }) => name === this.#nodeName);
    if (own === undefined) return undefined;
    if (own.podCidr === undefined) throw new NoPodCidrError(this.#nodeName);
    const wanted = JSON.stringify(nodes);
    if (!anew && wanted === this.#last) return undefined;
    this.#last = '';
    const problem =
      insertPodCidr(process, own.podCidr) ??
      (yield* syncRoutes(
        process,
        nodes.filter(({ name }) => name !== this.#nodeName),
      )) ??
      (yield* syncMasquerade(process, nodes));
    if (problem === undefined) this.#last = wanted;
    return problem;
  }
}

/** The node has been given no range for its Pods; kube-router ends then, and is started again. */
export class NoPodCidrError extends Error {
  override readonly name = 'NoPodCidrError';

  constructor(nodeName: string) {
    super(
      'Failed to get pod CIDR from node spec. kube-router relies on kube-controller-manager to allocate pod CIDR for the ' +
        `node or an annotation \`kube-router.io/pod-cidr\`. Error: node.Spec.PodCIDR not set for node: ${nodeName}`,
    );
  }
}

/** Completes what `install-cni` has put there. */
function insertPodCidr(process: Process, podCidr: string): string | undefined {
  try {
    const text = decode(process.readFile(CONFLIST));
    const conflist = JSON.parse(text) as { plugins: { ipam?: object; type?: string }[] };
    const plugins = conflist.plugins.map((plugin) =>
      plugin.type === 'bridge' ? { ...plugin, ipam: { ...plugin.ipam, subnet: podCidr } } : plugin,
    );
    const completed = `${JSON.stringify({ ...conflist, plugins }, undefined, 2)}\n`;
    if (completed !== text) process.writeFile(CONFLIST, completed);
    return undefined;
  } catch (error) {
    if (!(error instanceof Errno || error instanceof SyntaxError || error instanceof TypeError)) throw error;
    return `Failed to insert subnet into CNI config: open ${CONFLIST}: ${error.message.toLowerCase()}`;
  }
}

function* syncRoutes(process: Process, others: readonly NodeRoute[]): Task<string | undefined> {
  const wanted = new Map(others.flatMap(({ podCidr, address }) => (podCidr === undefined ? [] : [[podCidr, address]])));
  const { stdout } = yield* runCommand(process, ['ip', 'route', 'show', 'proto', PROTOCOL]);
  const present = new Map(stdout.split('\n').flatMap((line) => (line === '' ? [] : [[line.split(' ')[0]!, line]])));
  for (const [network, address] of wanted) {
    if (present.get(network)?.includes(` via ${address} `)) continue;
    const added = yield* runCommand(process, ['ip', 'route', 'replace', network, 'via', address, 'proto', PROTOCOL]);
    if (added.exitCode !== 0) return `Failed to inject routes: ${added.stderr.trim()}`;
  }
  for (const network of present.keys()) {
    if (!wanted.has(network)) yield* runCommand(process, ['ip', 'route', 'del', network]);
  }
  return undefined;
}

function* syncMasquerade(process: Process, nodes: readonly NodeRoute[]): Task<string | undefined> {
  const sets = [
    `create ${POD_SUBNETS} hash:net timeout 0`,
    `flush ${POD_SUBNETS}`,
    ...nodes.flatMap(({ podCidr }) => (podCidr === undefined ? [] : [`add ${POD_SUBNETS} ${podCidr} timeout 0`])),
    `create ${NODE_IPS} hash:ip timeout 0`,
    `flush ${NODE_IPS}`,
    ...nodes.map(({ address }) => `add ${NODE_IPS} ${address} timeout 0`),
  ];
  const restored = yield* runCommand(process, ['ipset', 'restore', '-exist'], `${sets.join('\n')}\n`);
  if (restored.exitCode !== 0) return `Failed to sync ipsets: ${restored.stderr.trim()}`;
  const rule = ['-t', 'nat', 'POSTROUTING', ...MASQUERADE];
  const iptables = (option: string) => runCommand(process, ['iptables', ...rule.toSpliced(2, 0, option)]);
  if ((yield* iptables('-C')).exitCode === 0) return undefined;
  const added = yield* iptables('-A');
  return added.exitCode === 0 ? undefined : `Failed to add iptables rule to masquerade: ${added.stderr.trim()}`;
}
