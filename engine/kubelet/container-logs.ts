import { numericValue } from '../api/quantity.ts';
import { timestamp } from '../api/timestamp.ts';
import { CriError } from '../containerd/cri.ts';
import { makeIn } from '../linux/directory-tree.ts';
import { Errno } from '../linux/errno.ts';
import type { Process } from '../linux/syscalls.ts';
import { runTask, type Task, type TaskHandle, type Timer } from '../sim/index.ts';
import type { LogPolicy } from './configuration.ts';
import type { KubeletContext } from './kubelet-context.ts';

/** Where log collectors look: a link for each container, which tells in its name whose log it is. */
const LINKS = '/var/log/containers';

/**
 * A log that has grown to so many times its limit does not wait for the next look. (The real kubelet lets it wait, at the
 * price of a full disk.)
 */
const OVERFLOW = 4;

const GZIP = '/bin/gzip';

/**
 * Looks after the files that containers print to: links to them, and rotation. A file that has become too large gets the
 * time as its name and a new one is begun; older ones are compressed, the oldest removed. `kubectl logs` reads the file that
 * is written, and nothing else. After pkg/kubelet/logs/container_log_manager.go.
 */
export class ContainerLogs {
  readonly #context: KubeletContext;
  readonly #policy: LogPolicy;
  readonly #maxBytes: number;
  #stops: readonly (() => void)[] = [];
  #timer: Timer | undefined;
  #dueMs = 0;
  #work: TaskHandle | undefined;
  /** The links that this kubelet has made, by container. */
  readonly #links = new Map<string, string>();

  constructor(context: KubeletContext, policy: LogPolicy) {
    this.#context = context;
    this.#policy = policy;
    this.#maxBytes = numericValue(policy.maxSize);
  }

  start(): void {
    const { root, runtime } = this.#context;
    if (root === undefined) return;
    removeDeadLinks(root);
    const stopEvents = runtime.subscribe(({ type, containerId, podSandboxId }) => {
      if (containerId === podSandboxId) return;
      if (type === 'CONTAINER_STARTED_EVENT') this.#link(root, containerId);
      if (type === 'CONTAINER_DELETED_EVENT') this.#remove(root, containerId);
    });
    const stopWatch =
      this.#maxBytes < 0 ? () => {} : runtime.watchLogs(this.#maxBytes, (_, bytes) => this.#grown(bytes));
    this.#stops = [stopEvents, stopWatch];
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#work?.cancel();
  }

  #link(root: Process, id: string): void {
    const { labels, logPath } = this.#context.runtime.containerStatus(id);
    const pod = `${labels['io.kubernetes.pod.name']}_${labels['io.kubernetes.pod.namespace']}`;
    const path = `${LINKS}/${pod}_${labels['io.kubernetes.container.name']}-${id}.log`;
    attempt(() => {
      makeIn(root, LINKS, 0o755, () => root.symlink(logPath, path));
      this.#links.set(id, path);
    });
  }

  /** What a removed container has printed goes with it. */
  #remove(root: Process, id: string): void {
    const known = this.#links.get(id);
    this.#links.delete(id);
    attempt(() => {
      const link = known ?? findLink(root, id);
      if (link === undefined) return;
      const path = root.readlink(link);
      root.unlink(link);
      for (const each of [...rotatedLogs(root, path), path]) root.unlink(each);
    });
  }

  #grown(bytes: number): void {
    const { sim, nodeName } = this.#context;
    const { monitorIntervalMs } = this.#policy;
    const delayMs = bytes > OVERFLOW * this.#maxBytes ? 0 : monitorIntervalMs - (sim.nowMs % monitorIntervalMs);
    if (this.#timer !== undefined && this.#dueMs <= sim.nowMs + delayMs) return;
    this.#timer?.cancel();
    this.#dueMs = sim.nowMs + delayMs;
    this.#timer = sim.schedule(delayMs, `kubelet/${nodeName} log rotation`, () => {
      this.#timer = undefined;
      this.#look();
    });
  }

  #look(): void {
    const { sim, nodeName, runtime } = this.#context;
    const rotated: string[] = [];
    try {
      for (const { id, state, logPath } of runtime.listContainers()) {
        if (state === 'CONTAINER_RUNNING' && this.#rotate(id, logPath)) rotated.push(logPath);
      }
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
    }
    this.#work?.cancel();
    this.#work = runTask(sim, `kubelet/${nodeName} log compression`, this.#compress(rotated), () => {});
  }

  /** Returns whether the log was too large. */
  #rotate(id: string, path: string): boolean {
    const { root, runtime, sim } = this.#context;
    return attempt(() => {
      if (root!.stat(path).size <= this.#maxBytes) return false;
      const old = rotatedLogs(root!, path);
      // One is written, and one becomes what it was.
      for (const each of old.slice(0, Math.max(0, old.length - (this.#policy.maxFiles - 2)))) root!.unlink(each);
      root!.rename(path, `${path}.${logTime(sim.wallMs)}`);
      runtime.reopenContainerLog(id);
      return true;
    });
  }

  /** All but the newest: whoever reads that one may not have come to its end. */
  *#compress(paths: readonly string[]): Task<void> {
    const { root, run } = this.#context;
    if (run === undefined || root === undefined || !root.access(GZIP, 'exists')) return;
    for (const path of paths) {
      const plain: string[] = [];
      attempt(() => plain.push(...rotatedLogs(root, path).slice(0, -1)));
      for (const each of plain) if (!each.endsWith('.gz')) yield* run(GZIP, ['-n', '-f', each]);
    }
  }
}

/** `20260112-090000`. */
function logTime(wallMs: number): string {
  return timestamp(wallMs).slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
}

function removeDeadLinks(root: Process): void {
  if (!root.access(LINKS, 'exists')) return;
  for (const { name } of root.readdir(LINKS)) {
    if (!root.access(`${LINKS}/${name}`, 'exists')) root.unlink(`${LINKS}/${name}`);
  }
}

/** The link that an earlier kubelet has made. */
function findLink(root: Process, id: string): string | undefined {
  const link = root.readdir(LINKS).find(({ name }) => name.endsWith(`-${id}.log`));
  return link === undefined ? undefined : `${LINKS}/${link.name}`;
}

/** The files that a log was before it was begun anew, oldest first: `<path>.20260112-090000`, some of them with `.gz`. */
function rotatedLogs(root: Process, path: string): readonly string[] {
  const slash = path.lastIndexOf('/');
  const beginning = `${path.slice(slash + 1)}.`;
  const names = root.readdir(path.slice(0, slash)).filter(({ name }) => name.startsWith(beginning));
  return names.map(({ name }) => `${path.slice(0, slash)}/${name}`).sort();
}

/** What learners do to the files of a machine costs the logs, not the kubelet. */
function attempt(work: () => unknown): boolean {
  try {
    return work() !== false;
  } catch (error) {
    if (error instanceof Errno || error instanceof CriError) return false;
    throw error;
  }
}
