import type { Cluster } from '@drydock/engine';
import { cut } from './json.ts';
import { COMPLAINT } from './why.ts';

/** What the API server needs to answer, and itself: static Pods of the machine that has the control plane. */
const SERVERS = ['kube-apiserver', 'etcd'] as const;
const MACHINE = 'control-plane';

/** What kubeadm has stored so that the administrator may do anything, and what it means where it is gone. */
const ADMINISTRATORS = '/registry/clusterrolebindings/kubeadm:cluster-admins';
const NO_RIGHTS =
  'etcd does not have the ClusterRoleBinding "kubeadm:cluster-admins": somebody deleted it, or etcd began anew';

const LIMIT_MS = 10_000;
const MOST_SAID = 300;

/**
 * Why the API server does not answer, as whoever is on its machine finds out: which of the containers it takes are not there
 * or ended, and what the last one said at its end; of one that was never there, what the kubelet said of its Pod.
 */
export function whySilent(cluster: Cluster): readonly string[] {
  if (cluster.stored(ADMINISTRATORS).length === 0) return [NO_RIGHTS];
  return SERVERS.flatMap((name) => {
    const on = (line: string) => cluster.run(MACHINE, ['sh', '-c', line], LIMIT_MS)?.stdout.trim() ?? '';
    if (on(`crictl ps -q --name '^${name}$'`) !== '') return [];
    const ended = on(`crictl ps -a -q --name '^${name}$'`).split('\n')[0]!;
    if (ended === '')
      return [`${name} does not run on ${MACHINE}, and has left no container behind`, ...kubeletsWord(on, name)];
    const logs = on(`crictl logs --tail=20 ${ended} 2>&1`).split('\n');
    const last = logs.findLast((line) => COMPLAINT.test(line)) ?? logs.at(-1)!;
    return [`${name} does not stay up on ${MACHINE}; its last words: ${cut(last, MOST_SAID)}`];
  });
}

/** What a kubelet last complained of that concerns a static Pod: its manifest, or its start. It says so time and again. */
function kubeletsWord(on: (line: string) => string, name: string): readonly string[] {
  const recent = `journalctl -u kubelet -n 60 | grep -E 'path="[^"]*/${name}[.]yaml"|pod="kube-system/${name}-${MACHINE}"' | tail -n 1`;
  const word = /\] (".*)/.exec(on(recent))?.[1];
  return word === undefined ? [] : [`the kubelet of ${MACHINE} says: ${cut(word, MOST_SAID)}`];
}
