import { KINDS } from '../../api/kind-list.ts';
import type { NodeDialer } from '../../api/node-api.ts';
import { apiExtensions } from '../../apiextensions-apiserver/index.ts';
import { ConnectionError, type Transport } from '../../client/transport.ts';
import { Etcd } from '../../etcd/index.ts';
import { type ApiServer, createApiServer } from '../../kube-apiserver/index.ts';
import { runTask, Simulation, type TaskHandle } from '../../sim/index.ts';
import { createKubectl } from '../kubectl.ts';
import { FakeProcess, type FakeProcessOptions } from './fake-process.ts';

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters:
- name: kubernetes
  cluster:
    server: https://10.0.0.10:6443
contexts:
- name: kubernetes-admin@kubernetes
  context:
    cluster: kubernetes
    user: kubernetes-admin
current-context: kubernetes-admin@kubernetes
users:
- name: kubernetes-admin
  user: {}
`;

/** A command under way: what it has printed so far, and how it ended. */
export interface Running {
  readonly process: FakeProcess;
  readonly handle: TaskHandle;
  exitCode: number | undefined;
}

/** A machine with kubectl and nothing else, in front of a real API server that no controller works for. */
export class Workstation {
  readonly sim = new Simulation({ seed: 'kubectl' });
  readonly files = new Map<string, string>([['/root/.kube/config', KUBECONFIG]]);
  readonly server: ApiServer;
  /** Whether the API server answers. */
  up = true;

  constructor(dialNode: NodeDialer = () => undefined) {
    this.server = createApiServer({
      sim: this.sim,
      etcd: new Etcd(this.sim),
      kinds: KINDS,
      extensions: () => apiExtensions,
      dialNode,
      serverVersion: 'v1.36.2',
    });
    this.api('POST', '/api/v1/namespaces/default/serviceaccounts', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default' },
    });
    this.sim.runFor(1000);
  }

  readonly transport: Transport = (request) => {
    if (!this.up) throw new ConnectionError('dial tcp 10.0.0.10:6443: connect: connection refused');
    return this.server.handle({ ...request, user: { username: 'kubernetes-admin', groups: ['system:masters'] } });
  };

  /** A request past kubectl. */
  api(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): unknown {
    const headers: Record<string, string> =
      method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {};
    const response = this.transport({ method, path, body, headers });
    if (response.status >= 400) throw new Error(JSON.stringify(response.body));
    return response.body;
  }

  /** Starts `kubectl …`. Words are split at blanks; quotes keep them together. */
  start(line: string, options: Partial<FakeProcessOptions> = {}): Running {
    const argv = ['kubectl', ...splitWords(line)];
    const process = new FakeProcess(this.sim, { argv, files: this.files, ...options });
    const program = createKubectl({ connect: () => this.transport, version: 'v1.36.2' });
    const running: Running = {
      process,
      exitCode: undefined,
      handle: runTask(this.sim, 'kubectl', program(process.process), (exitCode) => {
        running.exitCode = exitCode;
      }),
    };
    return running;
  }

  /** Runs `kubectl …` to its end, at most for `limitMs`. */
  run(line: string, options: Partial<FakeProcessOptions> = {}, limitMs = 600_000): Outcome {
    const running = this.start(line, options);
    this.sim.runUntil(() => running.exitCode !== undefined, limitMs);
    const { stdout, stderr } = running.process;
    if (running.exitCode === undefined) throw new Error(`still running: kubectl ${line}\n${stdout}${stderr}`);
    return { stdout, stderr, exitCode: running.exitCode };
  }

  write(path: string, text: string): void {
    this.files.set(path.startsWith('/') ? path : `/root/${path}`, text);
  }
}

function splitWords(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  );
}
