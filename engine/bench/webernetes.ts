import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { idleDeployment } from './idle-deployment.ts';

/** What one run of the peer took, in wall milliseconds. */
export interface PeerFigures {
  readonly bootMs: number;
  readonly deploymentMs: number;
}

/** The part of @ngrok/webernetes that is used here. */
interface Peer {
  readonly Cluster: new (options: {
    nodes: number;
  }) => {
    init(): Promise<void>;
    registerImage(image: unknown): void;
    apply(resources: readonly unknown[]): Promise<unknown>;
    close(): Promise<void>;
    readonly api: {
      readonly appsv1: {
        readNamespacedDeployment(request: { name: string; namespace: string }): Promise<{
          status?: { readyReplicas?: number };
        }>;
      };
    };
  };
  readonly BaseImage: new () => object;
}

/** The package is meant for bundlers, so it is bundled before Node can load it. */
async function loadPeer(): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'webernetes-'));
  const outfile = join(folder, 'webernetes.mjs');
  try {
    await build({
      stdin: { contents: "export * from '@ngrok/webernetes';", resolveDir: import.meta.dirname },
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile,
      logLevel: 'silent',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    return (await import(outfile)) as Peer;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Boots the peer and brings a Deployment of `replicas` Pods to all Ready, in real time as it can do no other.
 * Returns undefined figures when it has not finished after `limitMs`.
 */
export async function runPeer(replicas: number, nodes: number, limitMs: number): Promise<PeerFigures | undefined> {
  const { Cluster, BaseImage } = await loadPeer();
  class Idle extends BaseImage {
    static readonly imageName = 'idle';
    static readonly imageVersion = '1.0';
    readonly defaultCommand = ['idle'];
    exec(context: { waitUntilKilled(): Promise<number> }): Promise<number> {
      return context.waitUntilKilled();
    }
  }
  const bootStart = performance.now();
  const cluster = new Cluster({ nodes });
  cluster.registerImage(Idle);
  await cluster.init();
  const bootMs = performance.now() - bootStart;
  const start = performance.now();
  await cluster.apply([idleDeployment(replicas, { image: 'idle:1.0' })]);
  try {
    while (performance.now() - start < limitMs) {
      const { status } = await cluster.api.appsv1.readNamespacedDeployment({ name: 'idle', namespace: 'default' });
      if (status?.readyReplicas === replicas) return { bootMs, deploymentMs: performance.now() - start };
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return undefined;
  } finally {
    await cluster.close();
  }
}
