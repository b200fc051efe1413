import { withField } from '../../api/copy-on-write.ts';
import { forbidden } from '../../api/errors.ts';
import type { Container, Pod, ServiceAccount, Volume, VolumeMount } from '../../api/kinds.ts';
import { podReferences } from '../authorization/node/pod-references.ts';
import type { AdmissionPlugin, AdmissionRequest, Lookup } from './admission.ts';
import type { AdmissionServices } from './services.ts';

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
const ENFORCE_ANNOTATION = 'kubernetes.io/enforce-mountable-secrets';
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const VOLUME_PREFIX = 'kube-api-access-';
const ROOT_CA = 'kube-root-ca.crt';
/** An hour and a bit: the odd seconds mark tokens that this plugin has asked for. */
const TOKEN_SECONDS = 3607;
const MODE = 0o644;

/** What the plugin looks at of an account. */
type Account = ServiceAccount & {
  readonly automountServiceAccountToken?: boolean;
  readonly imagePullSecrets?: Pod['spec']['imagePullSecrets'];
  readonly secrets?: readonly { readonly name?: string }[];
};

/**
 * Gives a Pod the `default` ServiceAccount unless it names one, which must exist, and mounts a token of the account into
 * its containers. Static Pods' mirrors have none.
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#serviceaccount-admission-controller
 */
export function serviceAccount({ nameSuffix }: Pick<AdmissionServices, 'nameSuffix'>): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    resources: ['pods'],
    admit(request, object, lookup) {
      const { operation, kind, name } = request;
      if (operation !== 'CREATE' || object === undefined) return object;
      const pod = object as Pod;
      if (pod.metadata.annotations?.[MIRROR_ANNOTATION] !== undefined) {
        const problem = mirrorProblem(pod);
        if (problem === undefined) return pod;
        throw forbidden(kind, name, problem);
      }
      const account = accountOf(request, pod, lookup);
      checkMountable(request, pod, account);
      const named = withAccount(pod, account);
      return mountsToken(pod, account) ? withToken(named, nameSuffix) : named;
    },
  };
}

function mirrorProblem(pod: Pod): string | undefined {
  const { annotations: _, ...metadata } = pod.metadata;
  const references = [...podReferences({ ...pod, metadata })];
  if (references.some((reference) => reference.startsWith('serviceaccounts/'))) {
    return 'a mirror pod may not reference service accounts';
  }
  if (references.some((reference) => reference.startsWith('secrets/'))) return 'a mirror pod may not reference secrets';
  const sources = (pod.spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  if (!sources.some(({ serviceAccountToken }) => serviceAccountToken !== undefined)) return undefined;
  return 'a mirror pod may not use ServiceAccountToken volume projections';
}

function accountOf({ kind, namespace, name: podName }: AdmissionRequest, pod: Pod, lookup: Lookup): Account {
  const named = pod.spec?.serviceAccountName ?? '';
  const name = named === '' ? 'default' : named;
  const account = lookup('serviceaccounts', namespace, name) as Account | undefined;
  if (account !== undefined) return account;
  const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
  throw forbidden(kind, podName, why);
}

/** An account may limit its Pods to the secrets it lists. */
function checkMountable(
  { kind, name: podName }: AdmissionRequest,
  pod: Pod,
  { metadata, secrets = [] }: Account,
): void {
  if (metadata.annotations?.[ENFORCE_ANNOTATION] !== 'true') return;
  const listed = new Set(secrets.map(({ name }) => name));
  const used = [...podReferences(pod)]
    .filter((reference) => reference.startsWith('secrets/'))
    .map((reference) => reference.slice('secrets/'.length));
  const other = used.find((name) => !listed.has(name));
  if (other === undefined) return;
  const why = `volume with secret.secretName="${other}" is not allowed because service account ${metadata.name} does not reference that secret`;
  throw forbidden(kind, podName, why);
}

function withAccount(pod: Pod, { metadata: { name }, imagePullSecrets }: Account): Pod {
  const spec = { ...pod.spec, serviceAccountName: name, serviceAccount: name };
  if ((spec.imagePullSecrets?.length ?? 0) === 0 && imagePullSecrets !== undefined && imagePullSecrets.length > 0) {
    spec.imagePullSecrets = imagePullSecrets;
  }
  return { ...pod, spec };
}

/** The Pod's word counts before the account's; without either the token is mounted. */
function mountsToken({ spec }: Pod, account: Account): boolean {
  return spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
}

/** The token, what the API server is known by, and the namespace: where clients inside Pods look for them. */
function withToken(pod: Pod, nameSuffix: () => string): Pod {
  const { spec } = pod;
  const all = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  if (!all.some((container) => !hasMount(container))) return pod;
  const known = spec.volumes?.find(({ name }) => name.startsWith(VOLUME_PREFIX));
  const name = known?.name ?? VOLUME_PREFIX + nameSuffix();
  const mount: VolumeMount = { name, readOnly: true, mountPath: MOUNT_PATH };
  const mounted = (container: Container): Container =>
    hasMount(container) ? container : { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] };
  const complete = { ...spec };
  if (known === undefined) complete.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
  complete.containers = (spec.containers ?? []).map(mounted);
  if (spec.initContainers !== undefined) complete.initContainers = spec.initContainers.map(mounted);
  return withField(pod, 'spec', complete);
}

function hasMount({ volumeMounts = [] }: Container): boolean {
  return volumeMounts.some(({ mountPath }) => mountPath === MOUNT_PATH);
}

function tokenVolume(name: string): Volume {
  const fieldRef = { apiVersion: 'v1', fieldPath: 'metadata.namespace' };
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        { configMap: { name: ROOT_CA, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef }] } },
      ],
      defaultMode: MODE,
    },
  };
}
