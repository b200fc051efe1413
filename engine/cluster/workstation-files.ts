import type { Transport } from '../client/transport.ts';
import { createKubectl } from '../kubectl/index.ts';
import type { FileTree } from '../linux/host.ts';
import { HOME } from './cluster.ts';
import { hostTools } from './images/host-tools.ts';
import { kubeconfig } from './machine-files.ts';
import type { MachinePlan } from './machine-plan.ts';
import { KUBERNETES_VERSION } from './versions.ts';

const BASHRC = `PS1='\\[\\e[36m\\]\\w\\[\\e[0m\\] $ '
alias k=kubectl
alias ll='ls -l'
`;

/** What is on the learner's machine: tools, kubectl with a kubeconfig, and the files of the lesson. */
export function workstationFiles(
  machine: MachinePlan,
  apiServer: string,
  connect: () => Transport,
  files: Readonly<Record<string, string>>,
): FileTree {
  const kubectl = createKubectl({ connect, version: KUBERNETES_VERSION });
  const learner = Object.entries(files).map(
    ([path, text]) => [path.startsWith('/') ? path : `${HOME}/${path}`, { text }] as const,
  );
  return {
    ...hostTools(),
    ...machine.files,
    '/usr/local/bin/kubectl': { program: kubectl, size: 60_264_632 },
    [`${HOME}/.kube/config`]: { text: kubeconfig(`https://${apiServer}`, 'kubernetes-admin'), mode: 0o600 },
    [`${HOME}/.bashrc`]: { text: BASHRC },
    ...Object.fromEntries(learner),
  };
}
