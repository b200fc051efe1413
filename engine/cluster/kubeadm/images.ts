import { stringify } from 'yaml';
import { CallError, callCri } from '../../containerd/crictl/cri-client.ts';
import type { FlagSpecs } from '../../linux/programs/go/flags.ts';
import { print } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { COREDNS_IMAGE, componentReference } from '../images/references.ts';
import { RELEASES, type Release, VERSIONS } from '../versions.ts';
import { type Asked, type Command, KubeadmError } from './command.ts';
import { CONFIG_FLAG, loadConfiguration } from './config-flag.ts';
import { textAt } from './configuration.ts';

/** What a control plane of a release runs. */
export function imagesOf(release: Release): readonly string[] {
  return [
    ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'].map((name) =>
      componentReference(name, release),
    ),
    COREDNS_IMAGE,
    `registry.k8s.io/pause:${VERSIONS.pause}`,
    `registry.k8s.io/etcd:${VERSIONS.etcd}`,
  ];
}

/** The images that a command line asks for: of which release, and from whom. @throws KubeadmError */
function* wantedImages(asked: Asked): Task<readonly string[]> {
  const { flags, surroundings } = asked;
  const cluster = (yield* loadConfiguration(asked))?.of('ClusterConfiguration');
  const version = textAt(cluster, 'kubernetesVersion') || flags.string('kubernetes-version');
  const repository = textAt(cluster, 'imageRepository') || flags.string('image-repository');
  const release = /^stable(-1)?$/.test(version) ? surroundings.release : releaseNamed(version);
  return imagesOf(release).map((image) =>
    repository === REPOSITORY ? image : image.replace(REPOSITORY, repository).replace('/coredns/coredns', '/coredns'),
  );
}

const REPOSITORY = 'registry.k8s.io';

function releaseNamed(version: string): Release {
  const release = RELEASES.find((each) => each === `v${version.replace(/^v/, '')}`);
  if (release !== undefined) return release;
  if (/^v?\d+\.\d+\.\d+$/.test(version))
    throw new KubeadmError(`the images of ${version} are not known here: there are ${RELEASES.join(', ')}`);
  throw new KubeadmError(
    `version ${JSON.stringify(version)} doesn't match patterns for neither semantic version nor labels (stable, latest, ...)`,
  );
}

const FLAGS: FlagSpecs = {
  ...CONFIG_FLAG,
  'feature-gates': { type: 'string', default: '', usage: 'A set of key=value pairs that describe feature gates.' },
  'image-repository': {
    type: 'string',
    default: REPOSITORY,
    usage: 'Choose a container registry to pull images from.',
  },
  'kubernetes-version': {
    type: 'string',
    default: 'stable-1',
    usage: 'Choose a specific Kubernetes version for the control plane.',
  },
};

function* list(asked: Asked): Task<void> {
  const { process, flags } = asked;
  const images = yield* wantedImages(asked);
  const object = { apiVersion: 'output.kubeadm.k8s.io/v1alpha3', images, kind: 'Images' };
  switch (flags.string('output')) {
    case 'text':
      return yield* print(process, `${images.join('\n')}\n`);
    case 'json':
      return yield* print(process, `${JSON.stringify(object, undefined, 4)}\n`);
    case 'yaml':
      return yield* print(process, stringify(object, { indentSeq: false }));
    default:
      throw new KubeadmError(
        `could not construct output printer: unable to match a printer suitable for the output format ${JSON.stringify(flags.string('output'))}, allowed formats are: go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,template,templatefile,text,yaml`,
      );
  }
}

function* pull(asked: Asked): Task<void> {
  for (const image of yield* wantedImages(asked)) {
    yield* pullImage(asked.process, image);
    yield* print(asked.process, `[config/images] Pulled ${image}\n`);
  }
}

/** @throws KubeadmError */
export function* pullImage(process: Process, image: string): Task<void> {
  try {
    yield* callCri(process, 'pullImage', image);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    throw new KubeadmError(`failed to pull image ${JSON.stringify(image)}: ${error.message}`);
  }
}

export const IMAGES: Command = {
  name: 'images',
  short: 'Interact with container images used by kubeadm',
  commands: [
    {
      name: 'list',
      short: 'Print a list of images kubeadm will use',
      flags: {
        ...FLAGS,
        output: { type: 'string', default: 'text', short: 'o', usage: 'Output format. One of: text|json|yaml.' },
      },
      run: list,
    },
    {
      name: 'pull',
      short: 'Pull images used by kubeadm',
      flags: { ...FLAGS, 'cri-socket': { type: 'string', default: '', usage: 'Path to the CRI socket to connect.' } },
      run: pull,
    },
  ],
};
