import {
  type Cluster,
  type ClusterOptions,
  createCluster,
  type Event,
  type Pod,
  type RunOutcome,
} from '../../index.ts';

// What the scenarios share: a cluster, driven only through the doors that a learner has, and short words for looking.

/** Longest that one command may take, in virtual milliseconds. */
const COMMAND_LIMIT_MS = 120_000;

/** How often `until` looks, in virtual milliseconds. */
const LOOK_EVERY_MS = 200;

interface ObjectList<Item> {
  readonly items: readonly Item[];
}

/** A whole cluster and the learner before it. */
export class Testbed {
  readonly cluster: Cluster;

  constructor(options: ClusterOptions = {}) {
    this.cluster = createCluster({ seed: 'scenario', ...options });
  }

  get sim() {
    return this.cluster.sim;
  }

  /** Lets virtual seconds pass. */
  pass(seconds: number): void {
    this.cluster.sim.runFor(seconds * 1000);
  }

  /** Lets time pass until the condition holds; fails when it does not within the virtual seconds. */
  until(what: string, condition: () => boolean, seconds = 60): void {
    const deadlineMs = this.sim.nowMs + seconds * 1000;
    while (!condition()) {
      if (this.sim.nowMs >= deadlineMs) {
        const pods = this.kubectlAnyway('get', 'pods', '-A', '-o', 'wide').stdout;
        throw new Error(`not within ${seconds} s: ${what}\n${pods}`);
      }
      this.sim.runFor(LOOK_EVERY_MS);
    }
  }

  /** A command on a machine, whatever comes of it. */
  run(host: string, ...argv: readonly string[]): RunOutcome {
    const outcome = this.cluster.run(host, argv, COMMAND_LIMIT_MS);
    if (outcome === undefined) throw new Error(`${argv.join(' ')} has not ended after ${COMMAND_LIMIT_MS / 1000} s`);
    return outcome;
  }

  /** A shell script on the workstation, whatever comes of it. */
  sh(script: string): RunOutcome {
    return this.run('workstation', 'bash', '-c', script);
  }

  /** kubectl on the workstation, whatever comes of it. */
  kubectlAnyway(...args: readonly string[]): RunOutcome {
    return this.run('workstation', 'kubectl', ...args);
  }

  /** What kubectl prints; fails when kubectl does. */
  kubectl(...args: readonly string[]): string {
    const { exitCode, stdout, stderr } = this.kubectlAnyway(...args);
    if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')} exited with ${exitCode}: ${stderr}`);
    return stdout;
  }

  /** Saves a manifest in the learner's home, as the editor does, and applies it. */
  applyAnyway(manifest: string, name = 'manifest.yaml'): RunOutcome {
    this.cluster.submit({ kind: 'file.write', path: name, text: manifest });
    return this.kubectlAnyway('apply', '-f', name);
  }

  apply(manifest: string): string {
    const { exitCode, stdout, stderr } = this.applyAnyway(manifest);
    if (exitCode !== 0) throw new Error(`kubectl apply exited with ${exitCode}: ${stderr}`);
    return stdout;
  }

  /** An object as kubectl prints it in JSON. */
  get<T>(kind: string, name: string, namespace = 'default'): T {
    return JSON.parse(this.kubectl('get', kind, name, '-n', namespace, '-o', 'json')) as T;
  }

  list<T>(kind: string, ...args: readonly string[]): readonly T[] {
    return (JSON.parse(this.kubectl('get', kind, '-o', 'json', ...args)) as ObjectList<T>).items;
  }

  pod(name: string): Pod {
    return this.get<Pod>('pod', name);
  }

  /** The Pod's cell in the live picture, which costs no virtual time to look at. */
  podView(name: string, namespace = 'default') {
    const { nodes, unscheduled } = this.cluster.view();
    return [...nodes.flatMap(({ pods }) => pods), ...unscheduled].find(
      (pod) => pod.name === name && pod.namespace === namespace,
    );
  }

  /** The node that shows the Pod in the live picture. */
  nodeOf(name: string): string | undefined {
    return this.cluster.view().nodes.find(({ pods }) => pods.some((pod) => pod.name === name))?.name;
  }

  podViews(namespace = 'default') {
    const { nodes, unscheduled } = this.cluster.view();
    return [...nodes.flatMap(({ pods }) => pods), ...unscheduled].filter((pod) => pod.namespace === namespace);
  }

  /** Runs until the Pod's STATUS column reads so. */
  untilStatus(name: string, status: string, seconds = 60): void {
    this.until(`${name} is ${status}`, () => this.podView(name)?.status === status, seconds);
  }

  untilReady(name: string, seconds = 60): void {
    this.until(`${name} is ready`, () => this.podView(name)?.ready === true, seconds);
  }

  /** Events about an object, as `reason: message`, oldest first. */
  eventsOf(name: string): readonly string[] {
    return this.rawEventsOf(name).map(({ reason, message }) => `${reason}: ${message}`);
  }

  rawEventsOf(name: string): readonly Event[] {
    return this.list<Event>('events', '--field-selector', `involvedObject.name=${name}`);
  }

  killContainer(pod: string, container: string, signal?: string): void {
    this.cluster.submit({
      kind: 'fault',
      fault: {
        type: 'kill-container',
        namespace: 'default',
        pod,
        container,
        ...(signal === undefined ? {} : { signal }),
      },
    });
  }

  killProcess(host: string, process: string): void {
    this.cluster.submit({ kind: 'fault', fault: { type: 'kill-process', host, process } });
  }

  moveFile(host: string, from: string, to: string): void {
    this.cluster.submit({ kind: 'fault', fault: { type: 'move-file', host, from, to } });
  }

  power(host: string, to: 'on' | 'off'): void {
    this.cluster.submit({ kind: 'fault', fault: { type: `power-${to}`, host } });
  }

  openTerminal(name = 'main', columns = 100, rows = 24): Terminal {
    return new Terminal(this.cluster, name, columns, rows);
  }
}

/** A terminal as the learner sees it: keys in, everything shown so far out. */
export class Terminal {
  readonly #cluster: Cluster;
  readonly #name: string;
  readonly #decoder = new TextDecoder();
  /** Everything shown so far, escapes and all. */
  shown = '';
  bytesShown = 0;

  constructor(cluster: Cluster, name: string, columns: number, rows: number) {
    this.#cluster = cluster;
    this.#name = name;
    cluster.onTerminalOutput((terminal, data) => {
      if (terminal !== name) return;
      this.bytesShown += data.length;
      this.shown += this.#decoder.decode(data, { stream: true });
    });
    cluster.submit({ kind: 'terminal.open', terminal: name, columns, rows });
    this.settle();
  }

  /** Types text and lets the given virtual seconds pass. */
  type(text: string, seconds = 1): void {
    this.#cluster.submit({ kind: 'terminal.input', terminal: this.#name, text });
    this.#cluster.sim.runFor(seconds * 1000);
  }

  /** Types a line and returns what it made the terminal show, the echo included, without colours. */
  line(text: string, seconds = 1): string {
    const before = this.shown.length;
    this.type(`${text}\r`, seconds);
    return plain(this.shown.slice(before));
  }

  settle(): void {
    this.#cluster.sim.runFor(500);
  }

  /** What was shown since a mark (an earlier `shown.length`), without escapes. */
  since(mark: number): string {
    return plain(this.shown.slice(mark));
  }
}

/** Text without escape sequences and carriage returns. */
export function plain(text: string): string {
  return text
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replace(/\u001b[()][A-Z0-9]|\u001b[=>78]/g, '')
    .replaceAll('\r', '');
}

/** A Pod of one container that runs a shell script. */
export function scriptPod(name: string, script: string, restartPolicy = 'Always', image = 'busybox:1.37'): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
spec:
  restartPolicy: ${restartPolicy}
  containers:
  - name: main
    image: ${image}
    command: ["sh", "-c", ${JSON.stringify(script)}]
`;
}

/** Seconds since 1970 of an API timestamp. */
export function seconds(timestamp: string | null | undefined): number {
  return Date.parse(timestamp ?? '') / 1000;
}
