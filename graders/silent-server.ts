import type { Cluster } from '@drydock/engine';
import { cut } from './json.ts';
import { COMPLAINT } from './why.ts';

/** What the API server needs to answer, and itself: static Pods of the machine that has the control plane. */
const SERVERS = ['kube-apiserver', 'etcd'] as const;
const MACHINE = 'control-plane';

const LIMIT_MS = 10_000;
const MOST_SAID = 300;

/**
 * Why the API server does not answer, as whoever is on its machine finds out: which of the containers it takes are not there
 * or ended, and what the last one said at its end.
 */
export function whySilent(cluster: Cluster): readonly string[] {
  return SERVERS.flatMap((name) => {
    const on = (line: string) => cluster.run(MACHINE, ['sh', '-c', line], LIMIT_MS);
    if (on(`crictl ps -q --name '^${name}$'`)?.stdout !== '') return [];
    const ended = on(`crictl ps -a -q --name '^${name}$'`)?.stdout.split('\n')[0] ?? '';
    if (ended === '') return [`${name} does not run on ${MACHINE}, and has left no container behind`];
    const logs = on(`crictl logs --tail=20 ${ended} 2>&1`)?.stdout.trim().split('\n') ?? [];
    const last = logs.findLast((line) => COMPLAINT.test(line)) ?? logs.at(-1)!;
    return [`${name} does not stay up on ${MACHINE}; its last words: ${cut(last, MOST_SAID)}`];
  });
}
