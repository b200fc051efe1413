import type { Image, Registry } from '../../containerd/image.ts';
import { parseImageReference } from '../../containerd/image-reference.ts';
import type { ProgramSource } from '../../linux/programs/index.ts';
import type { Program } from '../../linux/syscalls.ts';
import { RELEASES, type Release, VERSIONS } from '../versions.ts';
import { courseImages } from './course.ts';
import { defineImage } from './definition.ts';
import { pauseImage } from './pause.ts';
import { COREDNS_IMAGE, componentReference, KUBE_ROUTER_IMAGE } from './references.ts';

const MEGABYTE = 1_000_000;

/** Components that each release has: name and compressed size as registry.k8s.io has them. */
const COMPONENTS = [
  { name: 'kube-apiserver', sizeBytes: 27.1 * MEGABYTE },
  { name: 'kube-controller-manager', sizeBytes: 22.8 * MEGABYTE },
  { name: 'kube-scheduler', sizeBytes: 17.4 * MEGABYTE },
] as const;

/** etcd's tags in the documentation's examples; what runs is the cluster's. */
const DOCUMENTED_ETCD = ['3.5.1-0', '3.5.15-0', '3.5.21-0'];

type Programs = Readonly<Record<string, Program>>;

/**
 * Everything that the registries of the simulated world hold: the control plane's images around the given programs,
 * the course's images, and those that an author adds.
 *
 * @param etcd etcd and its tools
 * @param components of a release
 */
export function createRegistry(
  etcd: Programs,
  components: (release: Release) => Programs,
  programs: ProgramSource,
  extra: readonly Image[],
): Registry {
  const control = RELEASES.flatMap((release) => {
    const made = components(release);
    return COMPONENTS.map(({ name, sizeBytes }) => controlImage(name, release, sizeBytes, { [name]: made[name]! }));
  });
  const etcdAliases = DOCUMENTED_ETCD.map((older) => componentReference('etcd', older));
  control.push(controlImage('etcd', VERSIONS.etcd, 23.7 * MEGABYTE, etcd, etcdAliases));
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

function controlImage(
  name: string,
  tag: string,
  sizeBytes: number,
  programs: Programs,
  aliases: readonly string[] = [],
): Image {
  return defineImage({
    reference: componentReference(name, tag),
    aliases,
    sizeBytes,
    trees: () => [
      Object.fromEntries(
        Object.entries(programs).map(([each, program]) => [`/usr/local/bin/${each}`, { program, size: 3 * sizeBytes }]),
      ),
    ],
    entrypoint: [name],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
  });
}

/** The images that `kubeadm config images pull` puts on a machine beforehand. */
export function preloadedImages(role: 'control-plane' | 'worker' | 'workstation', release: Release): readonly string[] {
  const control = [
    componentReference('etcd', VERSIONS.etcd),
    ...COMPONENTS.map(({ name }) => componentReference(name, release)),
  ];
  const everywhere = [
    pauseImage.reference,
    componentReference('kube-proxy', release),
    COREDNS_IMAGE,
    KUBE_ROUTER_IMAGE,
  ];
  return role === 'control-plane' ? [...everywhere, ...control] : everywhere;
}
