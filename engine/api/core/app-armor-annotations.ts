import type { Container, Pod } from '../kinds.ts';

const PREFIX = 'container.apparmor.security.beta.kubernetes.io/';

/**
 * The annotations of before 1.30 made fields of the containers that they name, unless those have the field, or the Pod says the
 * same. After `applyAppArmorVersionSkew` in `pkg/registry/core/pod/strategy.go`.
 */
export function withAppArmorFields(pod: Pod): Pod {
  const { annotations = {} } = pod.metadata;
  if (!Object.keys(annotations).some((key) => key.startsWith(PREFIX))) return pod;
  const whole = pod.spec.securityContext?.appArmorProfile;
  const synced = <C extends Container>(container: C): C => {
    const profile = profileOf(annotations[`${PREFIX}${container.name}`]);
    const { securityContext } = container;
    if (profile === undefined || securityContext?.appArmorProfile !== undefined) return container;
    const isSame = whole?.type === profile.type && whole.localhostProfile === profile.localhostProfile;
    return isSame ? container : { ...container, securityContext: { ...securityContext, appArmorProfile: profile } };
  };
  const { containers, initContainers } = pod.spec;
  const spec = { ...pod.spec, containers: containers.map(synced) };
  return {
    ...pod,
    spec: initContainers === undefined ? spec : { ...spec, initContainers: initContainers.map(synced) },
  };
}

function profileOf(annotation = ''): { type: string; localhostProfile?: string } | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  const [, localhostProfile = ''] = /^localhost\/(.+)$/.exec(annotation) ?? [];
  return localhostProfile === '' ? undefined : { type: 'Localhost', localhostProfile };
}
