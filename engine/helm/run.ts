import { innerMessage, UnreachableError } from '../kubectl/command-error.ts';
import type { Flags } from '../kubectl/flag.ts';
import { type ParsedLine, parseFlags } from '../kubectl/flag-parser.ts';
import { GLOBAL_FLAGS as KUBECTL_FLAGS } from '../kubectl/global-flags.ts';
import { Invocation, type KubectlOptions } from '../kubectl/invocation.ts';
import type { Streams } from '../kubectl/streams.ts';
import type { Process } from '../linux/syscalls.ts';
import { Random, type Task } from '../sim/index.ts';
import { KUBECTL_NAMES } from './global-flags.ts';
import { HelmError } from './helm-error.ts';

/** What helm is told by whoever puts the cluster together. */
export interface HelmOptions extends Pick<KubectlOptions, 'connect'> {
  /** The version of Kubernetes that templates are told of when no cluster is asked, e.g. `v1.36.2`. */
  readonly kubeVersion: string;
}

/** helm's own version. */
export const HELM_VERSION = 'v3.20.0';

/** One run of one command: its flags and arguments, and the way to the cluster, made when first used. */
export class HelmRun {
  readonly process: Process;
  readonly streams: Streams;
  readonly options: HelmOptions;
  readonly flags: Flags;
  readonly args: readonly string[];
  #cluster: Invocation | undefined;

  constructor(process: Process, streams: Streams, options: HelmOptions, line: ParsedLine) {
    this.process = process;
    this.streams = streams;
    this.options = options;
    this.flags = line.flags;
    this.args = line.args;
  }

  /** The namespace in force: the flag's, else the environment's, else the context's. */
  get namespace(): string {
    return this.flags.string('namespace') || this.process.env['HELM_NAMESPACE'] || this.cluster.namespace;
  }

  get cluster(): Invocation {
    this.#cluster ??= this.#connect();
    return this.#cluster;
  }

  #connect(): Invocation {
    const words = KUBECTL_NAMES.flatMap(([helm, kubectl]) =>
      this.flags.isList(helm)
        ? this.flags.list(helm).map((value) => `--${kubectl}=${value}`)
        : this.flags.string(helm) === ''
          ? []
          : [`--${kubectl}=${this.flags.string(helm)}`],
    );
    const options = { connect: this.options.connect, version: this.options.kubeVersion };
    return new Invocation(this.process, this.streams, options, 'helm', parseFlags(words, KUBECTL_FLAGS));
  }

  /** Makes sure that somebody answers. @throws HelmError */
  *reach(): Task<void> {
    try {
      yield* this.cluster.patiently(() => this.cluster.client.request({ method: 'GET', path: '/version' }));
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      throw new HelmError(`Kubernetes cluster unreachable: ${innerMessage(error)}`);
    }
  }

  /** Chance, from this machine's own source of it. */
  *random(): Task<Random> {
    const fd = this.process.open('/dev/urandom', { read: true });
    const bytes = yield* this.process.read(fd, 16);
    this.process.close(fd);
    return new Random(bytes.join(' '));
  }

  /** The time as it is stored: RFC 3339. */
  get timestamp(): string {
    return new Date(this.process.now()).toISOString();
  }
}
