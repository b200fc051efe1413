import { KINDS } from '../../api/kind-list.ts';
import type { ConfigMap, Event, Node, Pod, Secret } from '../../api/kinds.ts';
import type { Manifest } from '../../api/object.ts';
import { configMaps, events, nodes, pods, secrets, serviceAccounts } from '../../api/resources.ts';
import { Client } from '../../client/client.ts';
import { ConnectionError, type Transport } from '../../client/transport.ts';
import { bridgeConflist, createBridgePlugin, pluginFiles } from '../../cni/index.ts';
import { defaultSeccompProfile } from '../../containerd/default-seccomp-profile.ts';
import type { Image } from '../../containerd/image.ts';
import { type Containerd, createContainerd } from '../../containerd/index.ts';
import { Etcd } from '../../etcd/index.ts';
import { type ApiServer, createApiServer } from '../../kube-apiserver/index.ts';
import { createSecurityModules } from '../../linux/confinement/security-modules.ts';
import { createFabric, createHost, type Host } from '../../linux/index.ts';
import { Simulation } from '../../sim/index.ts';
import { DEFAULT_CONFIGURATION, type KubeletConfiguration } from '../configuration.ts';
import { createDeviceManager } from '../device-manager/device-manager.ts';
import { type Kubelet, startKubelet } from '../index.ts';
import { testRegistry } from './images.ts';

export interface FixtureOptions {
  readonly seed?: string;
  readonly cpu?: string;
  readonly memory?: string;
  /** Files on the node's disk, e.g. static Pods' manifests. */
  readonly files?: Readonly<Record<string, string>>;
  readonly apiServer?: boolean;
  readonly network?: boolean;
  readonly diskBytes?: number;
  /** Beyond the test images. */
  readonly images?: readonly Image[];
  readonly configuration?: Partial<KubeletConfiguration>;
  readonly eviction?: KubeletConfiguration['eviction'];
}

/** One node with a real kernel, runtime and kubelet, and an API server. Pods are bound to it as they are made. */
export class NodeFixture {
  readonly sim: Simulation;
  readonly host: Host;
  readonly client: Client;
  readonly containerd: Containerd;
  /** What the server has been asked, by the kubelet and the test: `GET /api/v1/…`. */
  readonly requests: string[] = [];
  /** Whether no request reaches the server. */
  cutOff = false;
  readonly #transport: Transport;
  readonly #options: FixtureOptions;
  #api: ApiServer | undefined;
  #kubelet: Kubelet | undefined;
  #stopServing: () => void;

  constructor(options: FixtureOptions = {}) {
    this.#options = options;
    this.sim = new Simulation({ seed: options.seed ?? 'node-fixture' });
    const files = Object.entries(options.files ?? {}).map(([path, text]) => [path, { text }] as const);
    const conflist = { '/etc/cni/net.d/10-bridge.conflist': { text: bridgeConflist('10.244.1.0/24') } };
    this.host = createHost({
      sim: this.sim,
      name: 'node-1',
      fabric: createFabric(this.sim),
      addresses: [{ interface: 'eth0', address: '172.18.0.2', prefixLength: 16 }],
      cpuMillis: 2000,
      memoryBytes: 2 * 1024 ** 3,
      security: (kernel) => createSecurityModules(kernel, defaultSeccompProfile),
      ...(options.diskBytes === undefined ? {} : { diskBytes: options.diskBytes }),
      root: {
        '/etc/kubernetes/manifests': { directory: true },
        '/etc/hosts': { text: '127.0.0.1\tlocalhost\n' },
        '/etc/resolv.conf': { text: 'nameserver 172.18.0.1\n' },
        '/var/lib': { directory: true },
        ...pluginFiles(),
        ...(options.network === false ? {} : conflist),
        ...Object.fromEntries(files),
      },
    });
    this.containerd = createContainerd({
      host: this.host,
      registry: testRegistry(options.images),
      cni: createBridgePlugin(this.host),
      options: { jitter: 0 },
    });
    this.#stopServing = this.containerd.serve();
    this.#transport = (request) => {
      if (this.#api === undefined || this.cutOff)
        throw new ConnectionError('dial tcp 172.18.0.1:6443: connect: connection refused');
      this.requests.push(`${request.method} ${request.path}`);
      return this.#api.handle({ ...request, user: { username: 'system:admin', groups: ['system:masters'] } });
    };
    this.client = new Client(this.#transport);
    if (options.apiServer !== false) this.startApiServer();
    this.startKubelet();
  }

  get kubelet(): Kubelet {
    return this.#kubelet!;
  }

  startApiServer(): void {
    this.#api = createApiServer({
      sim: this.sim,
      etcd: new Etcd(this.sim),
      kinds: KINDS,
      dialNode: () => this.#kubelet?.nodeApi,
      serverVersion: 'v1.36.2',
    });
    for (const namespace of ['default', 'kube-system']) {
      const metadata = { name: 'default', namespace };
      // No controller publishes the root certificate here, for which Pods with a token would wait.
      const automountServiceAccountToken = false;
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken } as const;
      this.client.resource(serviceAccounts).create(account);
    }
  }

  startKubelet(): void {
    this.#kubelet = startKubelet({
      sim: this.sim,
      root: this.host.root,
      nodeName: 'node-1',
      nodeAddress: '172.18.0.2',
      transport: this.#transport,
      runtime: this.containerd,
      images: this.containerd,
      capacity: { cpu: this.#options.cpu ?? '2', memory: this.#options.memory ?? '2Gi' },
      kubeletVersion: 'v1.36.2',
      clusterDns: { server: '10.96.0.10', domain: 'cluster.local' },
      cgroups: this.host,
      createDeviceManager,
      commands: this.host,
      configuration: {
        ...DEFAULT_CONFIGURATION,
        eviction: this.#options.eviction ?? {},
        ...this.#options.configuration,
      },
    });
  }

  stopKubelet(): void {
    this.#kubelet?.stop();
    this.#kubelet = undefined;
  }

  /** The machine loses its power and gets it back. */
  reboot(): void {
    this.stopKubelet();
    this.#stopServing();
    this.host.powerOff();
    this.host.powerOn();
    this.#stopServing = this.containerd.serve();
    this.startKubelet();
  }

  /** Creates a Pod that is bound to the node. */
  run(name: string, spec: Partial<Pod['spec']>, metadata: Partial<Pod['metadata']> = {}): Pod {
    const manifest: Manifest<Pod> = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', ...metadata },
      spec: { containers: [], nodeName: 'node-1', ...spec },
    };
    return this.client.resource(pods).create(manifest);
  }

  configMap(name: string, data: Record<string, string>, immutable?: boolean): ConfigMap {
    const resource = this.client.resource(configMaps);
    const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data, immutable };
    try {
      return resource.update({ ...resource.get(name, 'default'), data });
    } catch {
      return resource.create(manifest);
    }
  }

  /** @param data in base64 */
  secret(name: string, data: Record<string, string>): Secret {
    const metadata = { name, namespace: 'default' };
    return this.client.resource(secrets).create({ apiVersion: 'v1', kind: 'Secret', metadata, data });
  }

  pod(name: string, namespace = 'default'): Pod {
    return this.client.resource(pods).get(name, namespace);
  }

  /** The Pod, or undefined when there is none. */
  findPod(name: string, namespace = 'default'): Pod | undefined {
    return this.client
      .resource(pods)
      .list({ namespace })
      .items.find((pod) => pod.metadata.name === name);
  }

  delete(name: string, gracePeriodSeconds?: number): void {
    this.client.resource(pods).delete(name, 'default', { gracePeriodSeconds });
  }

  node(): Node {
    return this.client.resource(nodes).get('node-1');
  }

  /** `Reason: message` of a Pod's events, in order. */
  events(name: string, namespace = 'default'): string[] {
    return this.eventObjects(name, namespace).map(({ reason, message }) => `${reason}: ${message}`);
  }

  eventObjects(name: string, namespace = 'default'): readonly Event[] {
    const all = this.client.resource(events).list({ namespace }).items;
    return all.filter(({ involvedObject }) => involvedObject.name === name);
  }

  logs(name: string, container: string, options: Record<string, unknown> = {}): string {
    const { metadata } = this.pod(name);
    const chunks: string[] = [];
    const identity = { namespace: metadata.namespace ?? 'default', name, uid: metadata.uid };
    this.kubelet.nodeApi.containerLogs(
      identity,
      container,
      options,
    )({ write: (chunk) => chunks.push(new TextDecoder().decode(chunk)), end: () => {} });
    return chunks.join('');
  }

  /** What a command in a container prints, once it has ended. */
  execute(name: string, container: string, command: readonly string[]): string {
    const { metadata } = this.pod(name);
    const output: string[] = [];
    let ended = false;
    const options = { command, stdin: false, stdout: true, stderr: true, tty: false };
    const start = this.kubelet.nodeApi.exec({ namespace: 'default', name, uid: metadata.uid }, container, options);
    start({
      stdout: (chunk) => output.push(new TextDecoder().decode(chunk)),
      stderr: (chunk) => output.push(new TextDecoder().decode(chunk)),
      exit: () => {
        ended = true;
      },
    });
    this.until(() => ended, 60_000);
    return output.join('');
  }

  /** Waits until the condition holds; fails the test when it does not within the limit. */
  until(condition: () => boolean, limitMs: number): void {
    if (this.sim.runUntil(condition, limitMs)) return;
    throw new Error(`condition not met within ${limitMs} ms of virtual time`);
  }

  untilPhase(name: string, phase: string, limitMs = 60_000): Pod {
    this.until(() => this.findPod(name)?.status?.phase === phase, limitMs);
    return this.pod(name);
  }

  untilReady(name: string, limitMs = 60_000): Pod {
    this.until(() => isReady(this.findPod(name)), limitMs);
    return this.pod(name);
  }
}

export function isReady(pod: Pod | undefined): boolean {
  return pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
}
