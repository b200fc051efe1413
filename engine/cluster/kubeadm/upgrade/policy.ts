import { KubeadmError } from '../command.ts';

/** `v1.36.2`, with or without the `v`, in numbers. @throws KubeadmError */
export function numbersOf(version: string): readonly [major: number, minor: number, patch: number] {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)$/.exec(version) ?? [];
  if (major === undefined) throw new KubeadmError(`couldn't parse version ${JSON.stringify(version)}`);
  return [Number(major), Number(minor), Number(patch)];
}

export function isOlder(version: string, than: string): boolean {
  const [a, b] = [numbersOf(version), numbersOf(than)];
  const at = a.findIndex((number, index) => number !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}

/** What speaks against an upgrade; what is skippable does not count when it is forced. */
export interface PolicyErrors {
  readonly mandatory: readonly string[];
  readonly skippable: readonly string[];
}

/**
 * Whether one version may follow on another: a minor version at a time, and none that is newer than kubeadm.
 * https://kubernetes.io/releases/version-skew-policy/
 */
export function checkPolicy(wanted: string, cluster: string, kubeadm: string): PolicyErrors {
  const [[, minor], [, before], [, own]] = [numbersOf(wanted), numbersOf(cluster), numbersOf(kubeadm)];
  const mandatory: string[] = [];
  const skippable: string[] = [];
  const to = (direction: string) => `Specified version to ${direction} to "${wanted}" is`;
  if (minor > before + 1)
    mandatory.push(`${to('upgrade')} too high; kubeadm can upgrade only 1 minor version at a time`);
  if (minor < before - 1) {
    mandatory.push(`${to('downgrade')} too low; kubeadm can downgrade only 1 minor version at a time`);
  }
  if (minor > own) {
    mandatory.push(
      `${to('upgrade')} at least one minor release higher than the kubeadm minor release (${minor} > ${own}). Such an upgrade is not supported`,
    );
  } else if (isOlder(kubeadm, wanted)) {
    skippable.push(
      `${to('upgrade')} higher than the kubeadm version "${kubeadm}". Upgrade kubeadm first using the tool you used to install kubeadm`,
    );
  }
  if (own > minor) {
    skippable.push(`Kubeadm version ${kubeadm} can only be used to upgrade to Kubernetes version 1.${own}`);
  }
  return { mandatory, skippable };
}
