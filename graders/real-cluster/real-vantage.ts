import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { KubeObject } from '@drydock/engine';
import type { ExecQuery, HttpQuery, ObjectQuery, Observation } from '../exercise.ts';
import { absence, nowhereToRun, type Seen } from '../observe.ts';
import type { Vantage } from '../vantage.ts';
import { callKubectl, RealClusterError } from './kubectl.ts';

const REQUEST = join(import.meta.dirname, 'port-request.ts');

/** Looks at a real cluster through kubectl. Everything waits in real time. */
export class RealVantage implements Vantage {
  readonly #kubeconfig: string;

  constructor(kubeconfig: string) {
    this.#kubeconfig = kubeconfig;
  }

  get nowMs(): number {
    return performance.now();
  }

  wait(ms: number): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  }

  observe(observation: Observation): Seen {
    if ('object' in observation) return this.#object(observation.object);
    if ('http' in observation) return this.#http(observation.http);
    if ('run' in observation) throw new Error('commands on machines are skipped, not looked at');
    return this.#exec(observation.exec);
  }

  #object({ kind, namespace = 'default', name, selector }: ObjectQuery): Seen {
    const which = name === undefined ? (selector === undefined ? [] : ['-l', selector]) : [name];
    const { exitCode, stdout, stderr } = callKubectl(this.#kubeconfig, [
      ...['get', kind, '-n', namespace, '-o', 'json'],
      ...which,
    ]);
    if (exitCode !== 0) {
      if (!/NotFound/.test(stderr)) throw new RealClusterError(stderr.trim());
      return {
        value: undefined,
        absent: absence({ kind, namespace, name }),
        objects: [],
      };
    }
    const answer = JSON.parse(stdout) as KubeObject & { readonly items?: readonly KubeObject[] };
    return { value: answer, objects: answer.items ?? [answer] };
  }

  /** kubectl makes a way to the Pod's port and the request goes through it, so that status and fields are the Pod's own. */
  #http(query: HttpQuery): Seen {
    const args = [this.#kubeconfig, query.namespace ?? 'default', query.pod, String(query.port), query.path ?? '/'];
    const { status, stdout, stderr } = spawnSync(process.execPath, [REQUEST, ...args], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    if (status === 0) return { value: JSON.parse(stdout), objects: [] };
    const reason = stderr.trim().split('\n')[0] ?? '';
    return { value: undefined, absent: `a request to the Pod "${query.pod}" failed: ${reason}`, objects: [] };
  }

  #exec(query: ExecQuery): Seen {
    const { namespace = 'default', pod, container, command } = query;
    const which = container === undefined ? [] : ['-c', container];
    const outcome = callKubectl(this.#kubeconfig, ['exec', '-n', namespace, pod, ...which, '--', ...command]);
    if (/\(NotFound\)/.test(outcome.stderr)) {
      return {
        value: undefined,
        absent: absence({ kind: 'Pod', namespace, name: pod }),
        objects: [],
      };
    }
    const absent = nowhereToRun(query, outcome);
    return absent === undefined ? { value: outcome, objects: [] } : { value: undefined, absent, objects: [] };
  }
}
