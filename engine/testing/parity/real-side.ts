import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ApiRequest, ApiResponse } from '../../api/request.ts';
import { type Cluster, HOME } from '../../cluster/cluster.ts';
import type { ClusterInput } from '../../cluster/input.ts';
import type { SessionListener } from '../../cluster/sessions.ts';
import type { ClusterDoor } from '../../http/cluster-door.ts';
import { createHttpServer } from '../../http/server.ts';
import { type Fault, makeFaulty } from './fault.ts';
import { COMMAND_LIMIT_MS, type Outcome, type Side } from './side.ts';

/** Virtual milliseconds that pass in each real one while a command waits for the cluster. */
const SPEED = 20;
const TICK_MS = 5;

/** The real kubectl, a process of this machine that reaches its cluster over HTTP. */
export class RealSide implements Side {
  readonly #cluster: Cluster;
  readonly #home = mkdtempSync(join(tmpdir(), 'drydock-parity-'));
  readonly #server: Server;
  #address = '';
  #fault: Fault | undefined;

  private constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#server = createHttpServer(door(cluster));
    makeFaulty(this.#server, () => this.#fault);
  }

  static async start(cluster: Cluster, kubectl: string, files: Readonly<Record<string, string>>): Promise<RealSide> {
    const side = new RealSide(cluster);
    await new Promise<void>((resolve) => side.#server.listen(0, '127.0.0.1', resolve));
    side.#address = `127.0.0.1:${(side.#server.address() as AddressInfo).port}`;
    side.#prepareHome(kubectl, files);
    return side;
  }

  setFault(fault: Fault | undefined): void {
    this.#fault = fault;
  }

  get nowMs(): number {
    return this.#cluster.sim.nowMs;
  }

  passTo(timeMs: number): void {
    if (timeMs > this.nowMs) this.#cluster.sim.runFor(timeMs - this.nowMs);
  }

  async run(line: string, live: boolean): Promise<Outcome> {
    const clock = live ? setInterval(() => this.#cluster.sim.runFor(TICK_MS * SPEED), TICK_MS) : undefined;
    try {
      return this.#unmask(await this.#spawn(line));
    } finally {
      clearInterval(clock);
    }
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    rmSync(this.#home, { recursive: true });
  }

  /** The files of the workstation; its kubeconfig leads to this machine's socket instead of the control plane's. */
  #prepareHome(kubectl: string, files: Readonly<Record<string, string>>): void {
    mkdirSync(join(this.#home, 'bin'));
    symlinkSync(kubectl, join(this.#home, 'bin', 'kubectl'));
    const kubeconfig = this.#cluster.readFile('.kube/config')!;
    const all = { ...files, '.kube/config': kubeconfig.replace(/server: \S+/, `server: http://${this.#address}`) };
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(this.#home, path)), { recursive: true });
      writeFileSync(join(this.#home, path), text);
    }
  }

  #spawn(line: string): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const env = { HOME: this.#home, PATH: `${join(this.#home, 'bin')}:/usr/bin:/bin`, LANG: 'C.UTF-8' };
      const child = spawn('bash', ['-c', line], { cwd: this.#home, env, timeout: COMMAND_LIMIT_MS, stdio: 'pipe' });
      const output = { stdout: '', stderr: '' };
      child.stdout.on('data', (data) => {
        output.stdout += data;
      });
      child.stderr.on('data', (data) => {
        output.stderr += data;
      });
      child.stdin.end();
      child.on('error', reject);
      child.on('close', (code) => resolve({ ...output, exitCode: code ?? -1 }));
    });
  }

  /** Home and server bear the names they have on the workstation. */
  #unmask({ stdout, stderr, exitCode }: Outcome): Outcome {
    const [, server = ''] = /server: (\S+)/.exec(this.#cluster.readFile('.kube/config')!) ?? [];
    const onWorkstation = (text: string) =>
      text
        .replaceAll(this.#home, HOME)
        .replaceAll(`http://${this.#address}`, server)
        .replaceAll(this.#address, server.replace(/^https?:\/\//, ''));
    return { stdout: onWorkstation(stdout), stderr: onWorkstation(stderr), exitCode };
  }
}

/** The cluster as it is at this moment of its own clock. */
function door(cluster: Cluster): ClusterDoor {
  return {
    kept: () => undefined,
    read: (request: ApiRequest): ApiResponse => cluster.read(request),
    get inputs() {
      return cluster.journal.length;
    },
    submit: (input: ClusterInput): unknown => cluster.submit(input),
    newSessionName: () => `session-${cluster.journal.length}`,
    onSession: (listener: SessionListener) => cluster.onSession(listener),
  };
}
