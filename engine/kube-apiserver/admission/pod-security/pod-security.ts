import { sameValue } from '../../../api/copy-on-write.ts';
import { forbidden, invalidObject } from '../../../api/errors.ts';
import type { Container, CronJob, Deployment, Pod, PodTemplateSpec } from '../../../api/kinds.ts';
import type { KubeObject } from '../../../api/object.ts';
import type { AdmissionPlugin, AdmissionRequest, Lookup } from '../admission.ts';
import type { PodSecurityDefaults } from '../configured/configured-admission.ts';
import type { AdmissionServices } from '../services.ts';
import { type PodLike, podLike } from './check.ts';
import { describe, isStricter, labelErrors, nameOf, namesPolicy, policyOf, reasons, violations } from './policy.ts';

/** Kinds that make Pods of a template; nothing is refused for them, but somebody may be warned. */
const WORKLOADS: readonly string[] = [
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'jobs',
  'cronjobs',
  'replicationcontrollers',
  'podtemplates',
];

/**
 * Holds Pods against the Pod Security Standard that their Namespace's labels name.
 * https://kubernetes.io/docs/concepts/security/pod-security-admission/
 *
 * @param defaults what its configuration says; without one Namespaces without labels allow everything, and nobody is exempt
 */
export const podSecurity = (
  { audit }: Pick<AdmissionServices, 'audit'>,
  defaults?: PodSecurityDefaults,
): AdmissionPlugin => ({
  name: 'PodSecurity',
  resources: ['pods', 'pods/ephemeralcontainers', 'namespaces', ...WORKLOADS],
  validate(request, object, lookup) {
    const { operation, kind } = request;
    if (object === undefined || operation === 'DELETE') return;
    if (kind.plural === 'namespaces') return judgeNamespace(request, object, lookup, defaults);
    const given = lookup('namespaces', '', request.namespace)?.metadata.labels;
    const labels = defaults === undefined ? given : defaults.labelsOf(given);
    if (labels === undefined || !namesPolicy(labels)) return;
    if (defaults?.isExempt(request, runtimeClassOf(kind.plural, object)) === true) return;
    if (kind.plural === 'pods') judgePod(request, object as Pod, labels, audit);
    else judgeTemplate(request, object, labels, audit);
  },
});

const AUDIT_VIOLATIONS = 'pod-security.kubernetes.io/audit-violations';

type Audit = AdmissionServices['audit'];
type Labels = Readonly<Record<string, string>>;

function judgePod(request: AdmissionRequest, pod: Pod, labels: Labels, audit: Audit): void {
  const { stored, kind } = request;
  if (stored !== undefined && !changesWhatMatters(stored as Pod, pod)) return;
  const like = podLike(pod.metadata, pod.spec);
  tell('audit', like, labels, (words) => audit(AUDIT_VIOLATIONS, words));
  const enforced = policyOf(labels, 'enforce');
  const found = violations(enforced, like);
  if (found.length > 0) {
    const why = `violates PodSecurity ${JSON.stringify(nameOf(enforced))}: ${describe(found)}`;
    throw forbidden(kind, pod.metadata.name, why);
  }
  tell('warn', like, labels, (words) => request.warnings.push(words));
}

function tell(mode: 'audit' | 'warn', pod: PodLike, labels: Labels, say: (words: string) => void): void {
  const policy = policyOf(labels, mode);
  const found = violations(policy, pod);
  if (found.length > 0) say(`would violate PodSecurity ${JSON.stringify(nameOf(policy))}: ${describe(found)}`);
}

/** Of a Pod only images, profiles and what is added for debugging can still change. */
function changesWhatMatters(before: Pod, after: Pod): boolean {
  const images = ({ spec }: Pod) =>
    [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ image }: Container) => image);
  return (
    !sameValue(images(before), images(after)) ||
    !sameValue(before.spec.ephemeralContainers ?? [], after.spec.ephemeralContainers ?? []) ||
    !sameValue(profiles(before), profiles(after))
  );
}

function profiles({ metadata }: Pod): object {
  const entries = Object.entries(metadata.annotations ?? {});
  return Object.fromEntries(entries.filter(([key]) => /^(container\.apparmor|.*seccomp)\.security\./.test(key)));
}

function judgeTemplate(request: AdmissionRequest, object: KubeObject, labels: Labels, audit: Audit): void {
  const template = templateOf(request.kind.plural, object);
  if (template?.spec === undefined) return;
  const like = podLike(template.metadata ?? {}, template.spec);
  tell('audit', like, labels, (words) => audit(AUDIT_VIOLATIONS, words));
  tell('warn', like, labels, (words) => request.warnings.push(words));
}

function runtimeClassOf(plural: string, object: KubeObject): string | undefined {
  const { spec } = plural === 'pods' ? (object as Pod) : (templateOf(plural, object) ?? {});
  return spec?.runtimeClassName;
}

function templateOf(plural: string, object: KubeObject): PodTemplateSpec | undefined {
  if (plural === 'cronjobs') return (object as CronJob).spec?.jobTemplate?.spec?.template;
  if (plural === 'podtemplates') return (object as { readonly template?: PodTemplateSpec }).template;
  return (object as Deployment).spec?.template;
}

/** A Namespace that becomes stricter keeps the Pods that it has; whoever does that is told which would not come in. */
function judgeNamespace(
  request: AdmissionRequest,
  object: KubeObject,
  lookup: Lookup,
  defaults: PodSecurityDefaults | undefined,
): void {
  const { kind, stored } = request;
  const { name, labels } = object.metadata;
  const errors = labelErrors(labels);
  if (errors.length > 0 && (stored === undefined || labelErrors(stored.metadata.labels).length === 0)) {
    throw invalidObject(kind, name, errors);
  }
  if (stored === undefined || request.subresource !== '' || defaults?.isExempt(request, undefined) === true) return;
  const enforced = (given: Labels | undefined) => policyOf(defaults?.labelsOf(given) ?? given, 'enforce');
  const policy = enforced(labels);
  if (!isStricter(policy, enforced(stored.metadata.labels))) return;
  const bad = new Map<string, string[]>();
  for (const pod of lookup.all('pods', name) as readonly Pod[]) {
    const found = violations(policy, podLike(pod.metadata, pod.spec));
    if (found.length === 0) continue;
    const why = reasons(found);
    bad.set(why, [...(bad.get(why) ?? []), pod.metadata.name]);
  }
  if (bad.size === 0) return;
  request.warnings.push(
    `existing pods in namespace ${JSON.stringify(name)} violate the new PodSecurity enforce level ${JSON.stringify(nameOf(policy))}`,
  );
  for (const [why, [first, ...others]] of bad) {
    const more = others.length === 0 ? '' : ` (and ${others.length} other pod${others.length === 1 ? '' : 's'})`;
    request.warnings.push(`${first}${more}: ${why}`);
  }
}
