import { defaultPod } from '../api/core/pod-defaults.ts';
import { validatePod } from '../api/core/pod-validation.ts';
import type { Pod } from '../api/kinds.ts';
import { timestamp } from '../api/timestamp.ts';
import { readYamlText } from '../client/yaml-text.ts';
import { Errno } from '../linux/errno.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import { hash32, type Simulation, type Timer } from '../sim/index.ts';
import type { KubeletJournal } from './journal.ts';

interface SourceDependencies {
  readonly sim: Simulation;
  readonly root: Process;
  readonly journal: KubeletJournal | undefined;
}

export const CONFIG_HASH = 'kubernetes.io/config.hash';
export const CONFIG_MIRROR = 'kubernetes.io/config.mirror';
const CONFIG_SEEN = 'kubernetes.io/config.seen';
const CONFIG_SOURCE = 'kubernetes.io/config.source';

/** A larger file is no manifest. */
const MAX_MANIFEST_BYTES = 10 * 1024 * 1024;
/** How often the directory is read even if nothing was heard of it, as `fileCheckFrequency`. */
const PERIOD_MS = 20_000;

interface Manifest {
  readonly text: string;
  readonly pod?: Pod;
  readonly problem?: string;
}

/**
 * Reads the Pods of a manifest directory, at once and whenever a file changes. Needs nobody but the file system: this is
 * how a control plane comes up. https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/
 */
export class StaticPodSource {
  readonly #sim: Simulation;
  readonly #root: Process;
  readonly #path: string;
  readonly #nodeName: string;
  readonly #onPods: (pods: readonly Pod[]) => void;
  readonly #journal: KubeletJournal | undefined;
  /** The Pod of each file, kept while its text stays the same. */
  #known = new Map<string, Manifest>();
  #timer: Timer | undefined;
  #soon: Timer | undefined;
  #unwatch: (() => void) | undefined;

  constructor(
    { sim, root, journal }: SourceDependencies,
    path: string,
    nodeName: string,
    onPods: (pods: readonly Pod[]) => void,
  ) {
    this.#sim = sim;
    this.#root = root;
    this.#journal = journal;
    this.#path = path;
    this.#nodeName = nodeName;
    this.#onPods = onPods;
  }

  start(): void {
    this.#read();
    this.#watch();
    this.#timer = this.#sim.schedule(PERIOD_MS, 'static pods', () => this.start());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#soon?.cancel();
    this.#unwatch?.();
  }

  #watch(): void {
    if (this.#unwatch !== undefined) return;
    try {
      this.#unwatch = this.#root.watchDirectory(this.#path, () => {
        this.#soon?.cancel();
        this.#soon = this.#sim.schedule(0, 'static pods', () => this.#read());
      });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }

  #read(): void {
    const known = new Map<string, Manifest>();
    for (const name of this.#names()) {
      const text = this.#text(`${this.#path}/${name}`);
      if (text === undefined) continue;
      const before = this.#known.get(name);
      const manifest = before?.text === text ? before : { text, ...this.#parse(name, text) };
      known.set(name, manifest);
      if (manifest.problem !== undefined) this.#complain(name, manifest.problem);
    }
    this.#known = known;
    this.#onPods([...known.values()].flatMap(({ pod }) => pod ?? []));
  }

  #names(): readonly string[] {
    try {
      const entries = this.#root.readdir(this.#path);
      return entries.filter(({ name, type }) => type === 'file' && !name.startsWith('.')).map(({ name }) => name);
    } catch (error) {
      if (error instanceof Errno) return [];
      throw error;
    }
  }

  #text(path: string): string | undefined {
    try {
      const bytes = this.#root.readFile(path);
      return bytes.length > MAX_MANIFEST_BYTES ? undefined : decode(bytes);
    } catch (error) {
      if (error instanceof Errno) return undefined;
      throw error;
    }
  }

  #parse(file: string, text: string): Omit<Manifest, 'text'> {
    const pod = parseStaticPod(text, this.#nodeName, timestamp(this.#sim.wallMs));
    if (typeof pod !== 'string') return { pod };
    this.#sim.record('kubelet.manifest', `${this.#nodeName}:${this.#path}/${file}`, pod);
    return { problem: pod };
  }

  /** As often as it reads the directory. */
  #complain(file: string, problem: string): void {
    const path = `${this.#path}/${file}`;
    const why = `${path}: ${problem}, please check config file`;
    this.#journal?.failed('file.go:187', 'Could not process manifest file', why, `path="${path}"`);
  }
}

/** The Pod of a manifest as the node runs it, or what is wrong with it. */
function parseStaticPod(text: string, nodeName: string, seen: string): Pod | string {
  let given: unknown;
  try {
    given = readYamlText(text, { maxAliasCount: 100 });
  } catch (error) {
    return `couldn't parse as pod(${yamlProblem(error as Error)})`;
  }
  if (!isPod(given)) return kindProblem(given);
  const { metadata, spec } = given;
  const uid = configHash(text, nodeName);
  const name = `${metadata.name}-${nodeName}`;
  const annotations = {
    ...metadata.annotations,
    [CONFIG_HASH]: uid,
    [CONFIG_SEEN]: seen,
    [CONFIG_SOURCE]: 'file',
  };
  const tolerations = [...(spec.tolerations ?? []), { operator: 'Exists' as const, effect: 'NoExecute' as const }];
  try {
    const pod = defaultPod({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...metadata,
        name,
        namespace: metadata.namespace ?? 'default',
        uid,
        resourceVersion: '',
        creationTimestamp: seen,
        annotations,
      },
      spec: { ...spec, nodeName, tolerations },
    });
    const [problem] = validatePod(pod);
    return problem === undefined ? pod : `invalid pod: ${problem.field}: ${problem.message}`;
  } catch (error) {
    // The text is whatever lies in a file: types may be wrong in any place.
    return `invalid pod: ${(error as Error).message}`;
  }
}

/** In the words of Go's YAML reader, as far as those of this one go: `yaml: line 12: …` */
function yamlProblem({ message }: Error): string {
  const [, problem = message, line] = /^(.*) at line (\d+)/.exec(message) ?? [];
  return line === undefined ? `yaml: ${message}` : `yaml: line ${line}: ${problem}`;
}

function kindProblem(value: unknown): string {
  const { apiVersion, kind } = (value ?? {}) as { apiVersion?: unknown; kind?: unknown };
  if (typeof kind !== 'string') return "couldn't parse as pod(Object 'Kind' is missing)";
  if (typeof apiVersion !== 'string') return "couldn't parse as pod(Object 'apiVersion' is missing)";
  return `couldn't parse as pod(no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:30")`;
}

function isPod(value: unknown): value is Pod {
  const pod = value as Partial<Pod> | null;
  if (typeof pod !== 'object' || pod === null) return false;
  return pod.kind === 'Pod' && typeof pod.metadata?.name === 'string' && Array.isArray(pod.spec?.containers);
}

/** 32 hexadecimal digits that change with the manifest: the Pod's uid. The real kubelet takes the MD5 of the Pod. */
function configHash(text: string, nodeName: string): string {
  return [1, 2, 3, 4].map((basis) => hash32(`${nodeName}\n${text}`, basis).toString(16).padStart(8, '0')).join('');
}
