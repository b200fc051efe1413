import type { Amounts } from '../../../api/core/amounts.ts';
import type { ResourceQuota } from '../../../api/kinds.ts';
import type { KubeObject } from '../../../api/object.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts';
import type { AdmissionServices } from '../services.ts';

/** What a server's admission does because its flags say so, and nobody's by default. */
export interface ConfiguredAdmission {
  /** Plugins that only come when they are asked for, by their names. */
  readonly plugins?: Readonly<Record<string, (services: AdmissionServices) => AdmissionPlugin>>;
  readonly podSecurity?: PodSecurityDefaults;
  readonly limitedResources?: FindUncovered;
}

type Labels = Readonly<Record<string, string>>;

/** What PodSecurity goes by where Namespaces say nothing, and whom it leaves alone. */
export interface PodSecurityDefaults {
  /** A Namespace's labels, and those that it might as well have. */
  labelsOf(labels: Labels | undefined): Labels;
  isExempt(request: AdmissionRequest, runtimeClass: string | undefined): boolean;
}

/** Throws when an object uses what only a quota gives, and none does. @throws StatusError */
export type FindUncovered = (
  request: AdmissionRequest,
  object: KubeObject,
  used: Amounts,
  quotas: readonly ResourceQuota[],
) => void;

/** Those plugins. */
export const LATE_PLUGINS: readonly string[] = ['AlwaysPullImages', 'ImagePolicyWebhook', 'EventRateLimit'];
