import { NO_OPINION } from '../authorization/access.ts';
import { WebhookClient } from '../webhook-client.ts';
import type { AdmissionPlugin } from './admission.ts';
import {
  certificateApproval,
  certificateRequester,
  certificateSigning,
  certificateSubjectRestriction,
} from './certificates.ts';
import { type ConfiguredAdmission, LATE_PLUGINS } from './configured/configured-admission.ts';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { defaultTolerationSeconds, type TolerationSeconds } from './default-toleration-seconds.ts';
import { denyServiceExternalIps } from './deny-service-external-ips.ts';
import { limitRanger } from './limit-ranger.ts';
import { mutatingAdmissionPolicy } from './mutating-admission-policy.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { nodeRestriction } from './node-restriction.ts';
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts';
import { podGroupProtection, podGroupWorkloadExists } from './pod-groups.ts';
import { podSecurity } from './pod-security/pod-security.ts';
import { priority } from './priority.ts';
import { resourceQuota } from './resource-quota.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import type { AdmissionServices } from './services.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';
import { validatingAdmissionPolicy } from './validating-admission-policy.ts';
import { mutatingWebhooks } from './webhooks/mutating-webhooks.ts';
import { validatingWebhooks } from './webhooks/validating-webhooks.ts';

/** Every plugin there is, in the order of the real server (AllOrderedPlugins in pkg/kubeapiserver/options/plugins.go). */
function allPlugins(
  services: AdmissionServices,
  { plugins, podSecurity: defaults, limitedResources }: ConfiguredAdmission = {},
  tolerationSeconds?: TolerationSeconds,
): readonly AdmissionPlugin[] {
  const asked = (name: string) => (plugins?.[name] === undefined ? [] : [plugins[name](services)]);
  return [
    namespaceLifecycle,
    limitRanger,
    serviceAccount(services),
    nodeRestriction,
    taintNodesByCondition,
    ...asked('AlwaysPullImages'),
    ...asked('ImagePolicyWebhook'),
    podSecurity(services, defaults),
    priority,
    defaultTolerationSeconds(tolerationSeconds),
    ...asked('EventRateLimit'),
    defaultStorageClass,
    storageObjectInUseProtection,
    podGroupProtection,
    podGroupWorkloadExists,
    persistentVolumeClaimResize,
    runtimeClass,
    certificateApproval(services),
    certificateSigning(services),
    certificateSubjectRestriction,
    defaultIngressClass,
    denyServiceExternalIps,
    mutatingAdmissionPolicy(services),
    mutatingWebhooks(services),
    validatingAdmissionPolicy(services),
    validatingWebhooks(services),
    resourceQuota(services, limitedResources),
  ];
}

/** What is off unless asked for. */
const OFF_BY_DEFAULT: ReadonlySet<string> = new Set(['NodeRestriction', 'DenyServiceExternalIPs']);

const NO_SERVICES: AdmissionServices = {
  nowMs: () => 0,
  nameSuffix: () => '',
  uid: () => '',
  audit: () => {},
  after: () => {},
  webhooks: new WebhookClient(Object.assign(() => undefined, { all: () => [] })),
  ask: () => [],
  equivalents: (kind) => [kind],
  authorizer: { authorize: () => NO_OPINION },
  write: () => {},
  objectsOf: () => undefined,
};

/** `--enable-admission-plugins` and `--disable-admission-plugins`. */
export interface AdmissionFlags {
  readonly enable?: readonly string[];
  readonly disable?: readonly string[];
  readonly tolerationSeconds?: TolerationSeconds;
  /** What their configuration says. */
  readonly configured?: ConfiguredAdmission;
}

/** @throws Error for a plugin that is none, in the words of the real command. */
export function checkAdmissionFlags({ enable = [], disable = [] }: AdmissionFlags): void {
  const names = [...allPlugins(NO_SERVICES).map(({ name }) => name), ...LATE_PLUGINS];
  const check = (flag: string, given: readonly string[]) => {
    const unknown = given.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`${flag}-admission-plugins plugin "${unknown}" is unknown`);
  };
  check('enable', enable);
  check('disable', disable);
}

/** The plugins that are on, in their order. */
export function selectAdmissionPlugins(
  { enable = [], disable = [], configured, tolerationSeconds }: AdmissionFlags,
  services: AdmissionServices,
): readonly AdmissionPlugin[] {
  const on = allPlugins(services, configured, tolerationSeconds).filter(
    ({ name }) => enable.includes(name) || (!OFF_BY_DEFAULT.has(name) && !disable.includes(name)),
  );
  return [certificateRequester, ...on];
}
