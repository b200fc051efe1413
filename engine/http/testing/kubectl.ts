import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test as plainTest } from 'vitest';
import { writeKubeconfig } from '../kubeconfig.ts';
import { findBinary } from './kubectl-binary.ts';
import { type Outcome, type RunOptions, run, runUntil } from './run-program.ts';
import { serveCluster } from './serve.ts';

/** Virtual milliseconds in which controllers have done what a change makes them do. */
const SETTLED_MS = 1000;

/**
 * The real kubectl with a home of its own and a cluster to talk to, for one file of tests. Where there is no kubectl that
 * runs, this says so, and `test` skips.
 */
export async function withRealKubectl(nodes = 2) {
  const binary = findBinary('kubectl');
  if ('missing' in binary) console.warn(`SKIPPED: no test with the real kubectl: ${binary.missing}`);
  const path = 'path' in binary ? binary.path : '';
  const home = mkdtempSync(join(tmpdir(), 'drydock-kubectl-'));
  const kubeconfig = join(home, 'config');
  const served = path === '' ? undefined : await serveCluster({ nodes });
  if (served !== undefined) writeKubeconfig(served.url, served.port, kubeconfig);
  afterAll(async () => {
    await served?.close();
    rmSync(home, { recursive: true });
  });
  const env = { HOME: home, KUBECONFIG: kubeconfig };
  const kubectl = (argv: readonly string[], options?: RunOptions): Promise<Outcome> => {
    // What a command asks for is there when the next one begins, however little the machine has done meanwhile.
    served?.cluster.cluster.sim.runFor(SETTLED_MS);
    return run(path, argv, env, options);
  };
  return {
    test: plainTest.skipIf(path === ''),
    path,
    env,
    home,
    kubectl,
    runUntil: (argv: readonly string[], satisfied: (text: string) => boolean) => runUntil(path, argv, env, satisfied),
    /** What a command prints on standard output. */
    out: async (...argv: string[]): Promise<string> => (await kubectl(argv)).stdout,
    /** What a command that fails prints on standard error. */
    refusal: async (...argv: string[]): Promise<string> => (await kubectl(argv, { code: 1 })).stderr,
    /** Writes a file in the home; returns its path. */
    file: (name: string, text: string): string => {
      writeFileSync(join(home, name), text);
      return join(home, name);
    },
  };
}
