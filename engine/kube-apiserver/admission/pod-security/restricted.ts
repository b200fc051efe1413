import type { Container } from '../../../api/kinds.ts';
import {
  type Check,
  containersNamed,
  distinct,
  isWindows,
  named,
  plural,
  quoted,
  setters,
  type Violation,
} from './check.ts';

// https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted

const VOLUME_TYPES: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);
const SECCOMP_TYPES: readonly string[] = ['RuntimeDefault', 'Localhost'];

const allowPrivilegeEscalation: Check = {
  find(pod, minor) {
    if (isWindows(pod, minor)) return undefined;
    const bad = pod.containers.filter(({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
    if (bad.length === 0) return undefined;
    return {
      reason: 'allowPrivilegeEscalation != false',
      detail: `${containersNamed(bad)} must set securityContext.allowPrivilegeEscalation=false`,
    };
  },
};

const capabilities: Check = {
  since: 22,
  find(pod, minor) {
    if (isWindows(pod, minor)) return undefined;
    const keeping = pod.containers.filter(
      ({ securityContext }) => securityContext?.capabilities?.drop?.includes('ALL') !== true,
    );
    const added = (container: Container) =>
      (container.securityContext?.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
    const adding = pod.containers.filter((container) => added(container).length > 0);
    const details: string[] = [];
    if (keeping.length > 0) {
      details.push(`${containersNamed(keeping)} must set securityContext.capabilities.drop=["ALL"]`);
    }
    if (adding.length > 0) {
      const names = quoted(distinct(adding.flatMap(added)));
      details.push(`${containersNamed(adding)} must not include ${names} in securityContext.capabilities.add`);
    }
    return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
  },
};

const volumes: Check = {
  find({ spec }) {
    const typeOf = (volume: object) => Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir';
    const bad = (spec.volumes ?? []).filter((volume) => !VOLUME_TYPES.has(typeOf(volume)));
    if (bad.length === 0) return undefined;
    const types = distinct(bad.map(typeOf));
    const uses = bad.length === 1 ? 'uses' : 'use';
    const names = named(
      'volume',
      bad.map(({ name }) => name),
    );
    return {
      reason: 'restricted volume types',
      detail: `${names} ${uses} restricted volume ${plural('type', types)} ${quoted(types)}`,
    };
  },
};

/** What the Pod sets counts for each container that does not say otherwise. */
const runAsNonRoot: Check = {
  find({ spec, containers }) {
    const ofPod = spec.securityContext?.runAsNonRoot;
    const own = ({ securityContext }: Container) => securityContext?.runAsNonRoot;
    const saying = containers.filter((container) => own(container) === false);
    const silent = ofPod === true ? [] : containers.filter((container) => own(container) === undefined);
    // A Pod that says no does no harm where every container says yes.
    const who = setters(ofPod === false && silent.length > 0, saying);
    const reason = 'runAsNonRoot != true';
    if (who !== undefined) return { reason, detail: `${who} must not set securityContext.runAsNonRoot=false` };
    if (silent.length === 0) return undefined;
    return { reason, detail: `pod or ${containersNamed(silent)} must set securityContext.runAsNonRoot=true` };
  },
};

const runAsUser: Check = {
  since: 23,
  find({ spec, containers }) {
    const who = setters(
      spec.securityContext?.runAsUser === 0,
      containers.filter(({ securityContext }) => securityContext?.runAsUser === 0),
    );
    return who === undefined ? undefined : { reason: 'runAsUser=0', detail: `${who} must not set runAsUser=0` };
  },
};

const seccompProfile: Check = {
  since: 19,
  find(pod, minor): Violation | undefined {
    if (isWindows(pod, minor)) return undefined;
    const { spec, containers } = pod;
    const ofPod = spec.securityContext?.seccompProfile?.type;
    const own = ({ securityContext }: Container) => securityContext?.seccompProfile?.type;
    const isBad = (type: string | undefined) => type !== undefined && !SECCOMP_TYPES.includes(type);
    const bad = containers.filter((container) => isBad(own(container)));
    const who = setters(isBad(ofPod), bad);
    const reason = 'seccompProfile';
    if (who !== undefined) {
      const types = quoted(distinct([ofPod, ...bad.map(own)].filter((type) => isBad(type)) as string[]));
      return { reason, detail: `${who} must not set securityContext.seccompProfile.type to ${types}` };
    }
    const silent = ofPod === undefined ? containers.filter((container) => own(container) === undefined) : [];
    if (silent.length === 0) return undefined;
    const must = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
    return { reason, detail: `pod or ${containersNamed(silent)} ${must}` };
  },
};

export const RESTRICTED: readonly Check[] = [
  allowPrivilegeEscalation,
  capabilities,
  volumes,
  runAsNonRoot,
  runAsUser,
  seccompProfile,
];
