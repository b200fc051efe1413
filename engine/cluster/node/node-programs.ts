import type { PackageSurroundings } from '../../debian/package.ts';
import type { FileTree } from '../../linux/host.ts';
import type { Program } from '../../linux/syscalls.ts';
import type { Connect } from '../component/asker.ts';
import type { KubeadmSurroundings } from '../kubeadm/command.ts';
import {
  archiveAt,
  type DebianTools,
  KUBERNETES_PACKAGES,
  type KubernetesPackage,
  releaseOfVersion,
} from '../machines/debian-packages.ts';
import type { ClusterKey } from '../pki/cluster-keys.ts';
import type { Release } from '../versions.ts';
import { KUBECTL_BYTES, type KubectlMaker, kubectlFiles } from '../workstation/workstation-files.ts';

/** How the programs of a node are made that come in packages. */
export interface PackagedTools {
  /** What makes machines nodes, on nodes. */
  kubeadm(surroundings: KubeadmSurroundings): Program;
  /** The package manager of nodes. */
  debianTools(surroundings: PackageSurroundings): DebianTools;
}

/** What the programs of a node need of its machine and its cluster. */
interface NodeSurroundings {
  /** The way to the API server. */
  readonly connect: Connect;
  readonly authority: ClusterKey;
  readonly etcd: KubeadmSurroundings['etcd'];
  /** What it begins with. */
  readonly release: Release;
  /** What the kubelet's package puts on the machine. */
  readonly kubeletFiles: (release: Release) => FileTree;
  readonly unpack: (tree: FileTree) => void;
}

/** The programs of kubeadm's packages, and those that exchange them for others. The kubelet comes with its service. */
export function nodePrograms(tools: KubectlMaker & PackagedTools, surroundings: NodeSurroundings): FileTree {
  const { connect, authority, etcd, kubeletFiles, unpack } = surroundings;
  const files = (name: KubernetesPackage, release: Release): FileTree => {
    switch (name) {
      case 'kubeadm':
        return {
          '/usr/bin/kubeadm': { program: tools.kubeadm({ connect, authority, etcd, release }), size: 72_953_856 },
        };
      case 'kubectl':
        return { '/usr/bin/kubectl': { program: tools.kubectl(connect, release), size: KUBECTL_BYTES } };
      case 'kubelet':
        return kubeletFiles(release);
    }
  };
  const filesOf = (name: string, version: string): FileTree => {
    const [known, release] = [KUBERNETES_PACKAGES.find((each) => each === name), releaseOfVersion(version)];
    return known === undefined || release === undefined ? {} : files(known, release);
  };
  const manager = Object.entries(tools.debianTools({ archiveAt, filesOf, unpack })).map(
    ([name, program]) => [`/usr/bin/${name}`, { program, size: 51_672 }] as const,
  );
  return {
    ...kubectlFiles(connect, tools, '/usr/bin', surroundings.release),
    ...files('kubeadm', surroundings.release),
    ...Object.fromEntries(manager),
  };
}
