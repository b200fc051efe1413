import { Testbed } from './testbed.ts';

// Who reaches whom, over the Pods of three namespaces, as upstream's NetworkPolicy tests look at it.
// https://github.com/kubernetes/kubernetes/tree/master/test/e2e/network/netpol

const NAMESPACES = ['x', 'y', 'z'] as const;
const PODS = ['a', 'b', 'c'] as const;
const PORTS = [80, 81] as const;
const PROTOCOLS = ['tcp', 'udp'] as const;

/** `x/a` */
export type PodName = `${(typeof NAMESPACES)[number]}/${(typeof PODS)[number]}`;

const POD_NAMES: readonly PodName[] = NAMESPACES.flatMap((namespace) =>
  PODS.map((name) => `${namespace}/${name}` as const),
);

interface Probe {
  readonly port?: number;
  readonly protocol?: 'tcp' | 'udp';
}

/** Nine Pods that serve on ports 80 and 81, by TCP and UDP, and probes from each to each. */
export class ReachabilityBed extends Testbed {
  readonly #addresses = new Map<PodName, string>();

  constructor() {
    super({ seed: 'netpol' });
    this.apply(NAMESPACES.map(namespaceManifest).join('---\n'));
    this.pass(1);
    this.apply(POD_NAMES.map(podManifest).join(''));
    this.until('all Pods are ready', () => this.#pods().length === 9 && this.#pods().every(({ ready }) => ready), 120);
    for (const pod of POD_NAMES) this.#learnAddress(pod);
    this.pass(1);
  }

  address(pod: PodName): string {
    return this.#addresses.get(pod)!;
  }

  /** Deletes a Pod and creates it again; it is ready, at another address, and the agents have heard of it. */
  makeAnew(pod: PodName): void {
    const [namespace, name] = pod.split('/') as [string, string];
    this.kubectl('delete', 'pod', name, '-n', namespace, '--now');
    this.apply(podManifest(pod));
    this.until('the Pod is ready', () => this.podView(name, namespace)?.ready === true);
    this.#learnAddress(pod);
    this.pass(1);
  }

  /** Applies policies, as objects without what is always the same, and lets the agents hear of them. */
  policies(...policies: readonly { readonly namespace: string; readonly name: string; readonly spec: object }[]): void {
    const manifests = policies.map(({ namespace, name, spec }) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { namespace, name },
      spec,
    }));
    this.apply(manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n'));
    this.pass(1);
  }

  removePolicies(): void {
    for (const namespace of NAMESPACES) this.kubectl('delete', 'networkpolicy', '--all', '-n', namespace);
    this.pass(1);
  }

  /** The pairs `x/a -> y/b` that do not come through. */
  blocked({ port = 80, protocol = 'tcp' }: Probe = {}): readonly string[] {
    return POD_NAMES.flatMap((from) => {
      const [namespace, name] = from.split('/');
      const tries = POD_NAMES.map(
        (to) =>
          `/agnhost connect ${this.address(to)}:${port} --timeout=1s --protocol=${protocol} 2>/dev/null || echo ${to}`,
      );
      const shell = ['exec', '-n', namespace!, name!, '-c', 'serve-80-tcp', '--', 'sh', '-c', tries.join('; ')];
      return this.kubectlAnyway(...shell)
        .stdout.split('\n')
        .filter((to) => to !== '')
        .map((to) => `${from} -> ${to}`);
    });
  }

  #learnAddress(pod: PodName): void {
    const [namespace, name] = pod.split('/');
    this.#addresses.set(pod, this.podView(name!, namespace)!.ip!);
  }

  #pods() {
    return NAMESPACES.flatMap((namespace) => this.podViews(namespace));
  }
}

/** The pairs for which a condition holds, without those of a Pod with itself. */
export function pairs(condition: (from: PodName, to: PodName) => boolean): readonly string[] {
  return POD_NAMES.flatMap((from) =>
    POD_NAMES.filter((to) => to !== from && condition(from, to)).map((to) => `${from} -> ${to}`),
  );
}

function namespaceManifest(name: string): string {
  return `apiVersion: v1
kind: Namespace
metadata: {name: "${name}", labels: {ns: "${name}"}}
`;
}

function podManifest(pod: PodName): string {
  const [namespace, name] = pod.split('/');
  const containers = PROTOCOLS.flatMap((protocol) =>
    PORTS.map((port) => {
      const title = `serve-${port}-${protocol}`;
      const args = JSON.stringify(['serve-hostname', `--${protocol}`, '--http=false', `--port=${port}`]);
      return `  - name: ${title}
    image: registry.k8s.io/e2e-test-images/agnhost:2.59
    args: ${args}
    ports: [{name: ${title}, containerPort: ${port}, protocol: ${protocol.toUpperCase()}}]
${protocol === 'tcp' ? `    readinessProbe: {tcpSocket: {port: ${port}}, periodSeconds: 1}\n` : ''}`;
    }),
  );
  return `---
apiVersion: v1
kind: Pod
metadata: {namespace: "${namespace}", name: ${name}, labels: {pod: ${name}}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
${containers.join('')}`;
}
