import type { Container, Pod } from '../../api/kinds.ts';
import { busyboxImage } from '../../cluster/images/base.ts';
import { NodeFixture } from '../../kubelet/testing/node-fixture.ts';
import { allPrograms } from '../../linux/programs/all-programs.ts';

// What the tests that need running Pods share: a node, and Pods of one busybox container that print something and end.

export const IMAGE = 'busybox:1.37';

/** A node that can pull busybox. */
export function startNode(): NodeFixture {
  return new NodeFixture({ images: [busyboxImage(allPrograms)] });
}

export function sh(script: string): Pick<Container, 'command'> {
  return { command: ['sh', '-c', script] };
}

/** A Pod's spec with one container called `main`. */
export function podOf(container: Partial<Container>, spec: Partial<Pod['spec']> = {}): Pod['spec'] {
  return { restartPolicy: 'Never', ...spec, containers: [{ name: 'main', image: IMAGE, ...container }] };
}

/** What the container `main` of a Pod prints until it ends. */
export function output(node: NodeFixture, spec: Pod['spec'], metadata: Partial<Pod['metadata']> = {}): string {
  node.run('pod', spec, metadata);
  node.until(() => hasEnded(node.pod('pod')), 120_000);
  return node.logs('pod', 'main');
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}
