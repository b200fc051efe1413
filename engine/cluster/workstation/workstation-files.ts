import type { Transport } from '../../client/transport.ts';
import type { FileTree } from '../../linux/host.ts';
import { type Completer, createShell } from '../../linux/shell/index.ts';
import type { Program } from '../../linux/syscalls.ts';
import { HOME } from '../cluster.ts';
import type { Connect } from '../component/asker.ts';
import { kubeconfig } from '../machines/machine-files.ts';
import type { MachinePlan } from '../machines/machine-plan.ts';
import { KUBERNETES_VERSION, type Release } from '../versions.ts';

/** The learner's own start-up file; a course may put its words after it. */
export const BASHRC = `PS1='\\[\\e[36m\\]\\w\\[\\e[0m\\] $ '
alias k=kubectl
alias ll='ls -l'
alias vim=vi
`;

/** How the learner's kubectl is made. */
export interface KubectlMaker {
  /** kubectl of a release, given the way to the API server, or to whoever serves at a URL. */
  kubectl(connect: Connect, release: Release): Program;
  /** What Tab offers behind `kubectl`. */
  completeKubectl(words: readonly string[], transport: Transport): readonly string[];
}

/** What the learner runs. */
export interface LearnerTools extends KubectlMaker {
  /** helm, given the way to the API server, or to whoever serves at a URL. */
  helm(connect: Connect): Program;
}

/** What `ls -l` shows of kubectl. */
export const KUBECTL_BYTES = 60_264_632;

/** kubectl, and a bash that completes its words; on nodes where kubeadm's packages put it. */
export function kubectlFiles(
  connect: Connect,
  tools: KubectlMaker,
  directory: string,
  release: Release = KUBERNETES_VERSION,
): FileTree {
  const complete: Completer = (words) => tools.completeKubectl(words.slice(1), connect());
  const bash = createShell({ name: 'bash', completers: { kubectl: complete, k: complete } });
  return {
    '/bin/bash': { program: bash, size: 1_298_416 },
    [`${directory}/kubectl`]: { program: tools.kubectl(connect, release), size: KUBECTL_BYTES },
  };
}

/** What is on the learner's machine: tools, helm, kubectl with a kubeconfig, and the files of the lesson. */
export function workstationFiles(
  machine: MachinePlan,
  apiServer: string,
  connect: Connect,
  tools: LearnerTools,
  files: Readonly<Record<string, string>>,
): FileTree {
  const learner = Object.entries(files).map(
    ([path, text]) => [path.startsWith('/') ? path : `${HOME}/${path}`, { text }] as const,
  );
  return {
    ...machine.files,
    ...kubectlFiles(connect, tools, '/usr/local/bin'),
    '/usr/local/bin/helm': { program: tools.helm(connect), size: 60_534_968 },
    [`${HOME}/.kube/config`]: { text: kubeconfig(`https://${apiServer}`, 'kubernetes-admin'), mode: 0o600 },
    [`${HOME}/.bashrc`]: { text: BASHRC },
    ...Object.fromEntries(learner),
  };
}
