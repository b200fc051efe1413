import type { Image, Registry } from '../../containerd/image.ts';
import { parseImageReference } from '../../containerd/image-reference.ts';
import type { ProgramSource } from '../../linux/programs/index.ts';
import type { Program } from '../../linux/syscalls.ts';
import { COREDNS_IMAGE } from '../coredns.ts';
import { KUBE_ROUTER_IMAGE } from '../kube-router.ts';
import { KUBERNETES_VERSION, VERSIONS } from '../versions.ts';
import { courseImages } from './course.ts';
import { defineImage } from './definition.ts';
import { pauseImage } from './pause.ts';

const MEGABYTE = 1_000_000;

/** Control-plane components: name, tag and compressed size as registry.k8s.io has them. */
const COMPONENTS = [
  { name: 'etcd', tag: VERSIONS.etcd, sizeBytes: 23.7 * MEGABYTE },
  { name: 'kube-apiserver', tag: KUBERNETES_VERSION, sizeBytes: 27.1 * MEGABYTE },
  { name: 'kube-controller-manager', tag: KUBERNETES_VERSION, sizeBytes: 22.8 * MEGABYTE },
  { name: 'kube-scheduler', tag: KUBERNETES_VERSION, sizeBytes: 17.4 * MEGABYTE },
] as const;

/** etcd's tags in the documentation's examples; what runs is the cluster's. */
const DOCUMENTED_ETCD = ['3.5.1-0', '3.5.15-0', '3.5.21-0'];

/**
 * Everything that the registries of the simulated world hold: the control plane's images around the given programs,
 * the course's images, and those that an author adds.
 */
export function createRegistry(
  components: Readonly<Record<string, Program>>,
  programs: ProgramSource,
  extra: readonly Image[],
): Registry {
  const control = COMPONENTS.map(({ name, tag, sizeBytes }) =>
    defineImage({
      reference: componentReference(name, tag),
      aliases: name === 'etcd' ? DOCUMENTED_ETCD.map((older) => componentReference(name, older)) : [],
      sizeBytes,
      trees: () => [
        Object.fromEntries(
          programsOf(name).map((each) => [
            `/usr/local/bin/${each}`,
            { program: components[each]!, size: 3 * sizeBytes },
          ]),
        ),
      ],
      entrypoint: [name],
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    }),
  );
  const byReference = new Map<string, Image>();
  for (const image of [pauseImage, ...control, ...courseImages(programs), ...extra]) {
    for (const reference of [image.reference, ...(image.aliases ?? [])]) byReference.set(reference, image);
  }
  const repositories = new Set<string>();
  for (const reference of byReference.keys()) {
    const { domain, path } = parseImageReference(reference);
    repositories.add(domain).add(`${domain}/${path}`);
  }
  return {
    find: (reference) => byReference.get(reference),
    hasRepository: (repository) => repositories.has(repository),
  };
}

/** The executables in a component's image: etcd brings its tools. */
function programsOf(name: string): readonly string[] {
  return name === 'etcd' ? ['etcd', 'etcdctl', 'etcdutl'] : [name];
}

/** The images that `kubeadm config images pull` puts on a machine beforehand. */
export function preloadedImages(role: 'control-plane' | 'worker' | 'workstation'): readonly string[] {
  const control = COMPONENTS.map(({ name, tag }) => componentReference(name, tag));
  const everywhere = [
    pauseImage.reference,
    componentReference('kube-proxy', KUBERNETES_VERSION),
    COREDNS_IMAGE,
    KUBE_ROUTER_IMAGE,
  ];
  return role === 'control-plane' ? [...everywhere, ...control] : everywhere;
}

export function componentReference(name: string, tag: string): string {
  return `registry.k8s.io/${name}:${tag}`;
}
