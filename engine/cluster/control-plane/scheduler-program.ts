import { ConfigurationError } from '../../api/config-shape.ts';
import { type FeatureGates, readFeatureGates } from '../../api/feature-gates.ts';
import type { HttpOutcome, HttpRequest } from '../../api/http-port.ts';
import type { Transport } from '../../client/transport.ts';
import type { KubeSchedulerOptions, SchedulingDecision } from '../../kube-scheduler/index.ts';
import { type RunningScheduler, startPlainScheduler } from '../../kube-scheduler/run-scheduler.ts';
import { Errno } from '../../linux/errno.ts';
import type { Host } from '../../linux/host.ts';
import { flagValue } from '../../linux/programs/go/runtime.ts';
import { decode, printError } from '../../linux/stdio.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import { TaskGroup } from '../../linux/task-group.ts';
import type { Task } from '../../sim/index.ts';
import type { CheckFlags } from '../component/component-flags/index.ts';
import { componentProgram, type RunningComponent } from '../component/component-program.ts';
import type { ExchangeHttp } from '../component/exchange-http.ts';
import { KubeconfigError, serverOfKubeconfig } from '../component/kubeconfig-server.ts';
import { LeaseLoss } from './lease-loss.ts';

/** What is loaded late. */
export interface SchedulerParts {
  /** Starts a scheduler that is not just as every other. */
  startScheduler(options: KubeSchedulerOptions): RunningScheduler;
  readonly claimPlugin: NonNullable<KubeSchedulerOptions['claimPlugin']>;
}

/**
 * The kube-scheduler's program. With `--config=<path>` it reads its configuration from that file, which has to be mounted
 * into its container; a file that is missing or wrong ends it with exit code 1 and the reason in its log.
 */
export class SchedulerProgram {
  readonly #host: Host;
  readonly #connect: (server: string | undefined) => Transport;
  readonly #checkFlags: CheckFlags;
  readonly #exchange: () => ExchangeHttp;
  readonly #late: SchedulerParts;
  /** The cluster's own, and those that learners have besides it. */
  readonly #running = new Set<RunningScheduler>();

  constructor(
    host: Host,
    connect: (server: string | undefined) => Transport,
    checkFlags: CheckFlags,
    exchange: () => ExchangeHttp,
    late: SchedulerParts,
  ) {
    this.#checkFlags = checkFlags;
    this.#late = late;
    this.#host = host;
    this.#connect = connect;
    this.#exchange = exchange;
  }

  get program(): Program {
    return componentProgram({
      healthAddress: '127.0.0.1',
      healthPort: 10259,
      checkFlags: this.#checkFlags,
      start: (process) => this.#start(process),
    });
  }

  /** How a scheduler that runs now came to the last decision about a Pod; what an earlier one decided is forgotten. */
  explain(namespace: string, name: string): SchedulingDecision | undefined {
    const decisions = [...this.#running].flatMap((scheduler) => scheduler.explain(namespace, name) ?? []);
    return decisions.reduce<SchedulingDecision | undefined>(
      (last, each) => (last === undefined || each.atMs >= last.atMs ? each : last),
      undefined,
    );
  }

  *#start(process: Process): Task<RunningComponent | undefined> {
    const gates = flagValue(process.argv, 'feature-gates');
    const path = flagValue(process.argv, 'config');
    const kubeconfig = path === undefined ? flagValue(process.argv, 'kubeconfig') : undefined;
    const threads = new TaskGroup();
    const loss = new LeaseLoss(process, 'kube-system/kube-scheduler', ['server.go:258', '"Leaderelection lost"']);
    try {
      const isPlain = path === undefined && gates === undefined;
      const start = isPlain ? startPlainScheduler : this.#late.startScheduler;
      const running = start({
        hostname: this.#host.name,
        claimPlugin: () => this.#late.claimPlugin(),
        sim: this.#host.sim,
        transport: this.#connect(kubeconfig === undefined ? undefined : serverOfKubeconfig(process, kubeconfig)),
        featureGates: schedulerGates(gates),
        configuration: path === undefined ? undefined : decode(process.readFile(path)),
        sendHttp: (request, answered) => threads.start(this.#ask(process, request, answered)).cancel,
        readText: (file) => readText(process, file),
        leaderElect: flagValue(process.argv, 'leader-elect') !== 'false',
        onLeaseLost: loss.onLeaseLost,
      });
      this.#running.add(running);
      return {
        // Only a file can name extenders, who are asked by threads of their own.
        ...(path === undefined ? {} : { threads }),
        lastWords: loss.lastWords,
        stop: () => {
          running.stop();
          this.#running.delete(running);
        },
      };
    } catch (error) {
      const known = [Errno, ConfigurationError, KubeconfigError].some((kind) => error instanceof kind);
      if (!known) throw error;
      const problem =
        error instanceof Errno ? `open ${path}: ${error.message.toLowerCase()}` : (error as Error).message;
      yield* printError(process, `"command failed" err=${JSON.stringify(problem)}\n`);
      return undefined;
    }
  }

  /** Asks an extender, from the machine's own network. */
  *#ask(process: Process, request: HttpRequest, answered: (outcome: HttpOutcome) => void): Task<void> {
    answered(yield* this.#exchange()(process, request));
  }
}

function readText(process: Process, path: string): string | { readonly error: string } {
  try {
    return decode(process.readFile(path));
  } catch (error) {
    if (error instanceof Errno) return { error: `open ${path}: ${error.message.toLowerCase()}` };
    throw error;
  }
}

/** @throws ConfigurationError for nonsense. */
function schedulerGates(text: string | undefined): FeatureGates {
  try {
    return readFeatureGates(text);
  } catch (error) {
    throw new ConfigurationError((error as Error).message);
  }
}
