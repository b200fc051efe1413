import type { FieldError } from '../field-error.ts';
import { invalid, invalidFor, notSupported, required } from '../field-errors.ts';
import type { PodSpec } from '../kinds.ts';
import { validateLabels } from '../metadata-validation.ts';
import { checkLabel1123, checkQualifiedName, checkSubdomain1123 } from '../names.ts';
import { validateAffinity } from './affinity-validation.ts';
import { validateContainers, validateEphemeralContainers, validateInitContainers } from './container-validation.ts';
import { validateDnsConfig, validateHostAliases } from './dns-validation.ts';
import { validatePodResources } from './pod-level-resources.ts';
import { validateHostNetworkPorts } from './port-validation.ts';
import { validatePodSecurityContext } from './security-context-validation.ts';
import { validateTolerations } from './toleration-validation.ts';
import { validateTopologySpread } from './topology-spread-validation.ts';
import { validateVolumes } from './volume-validation.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];
const MAX_INT32 = 2147483647;
const DEADLINE_RANGE = `must be between 1 and ${MAX_INT32}, inclusive`;

/**
 * The spec of a Pod or of a template, at `field`. What defaulting fills in is taken to be there.
 * After kubernetes/kubernetes pkg/apis/core/validation/validation.go ValidatePodSpec, in its order.
 */
export function validatePodSpec(errors: FieldError[], spec: PodSpec, field: string): void {
  const volumes = validateVolumes(errors, spec.volumes, `${field}.volumes`);
  const place = { volumes, restartPolicy: spec.restartPolicy, gracePeriod: spec.terminationGracePeriodSeconds ?? 30 };
  validateContainers(errors, spec.containers, place, `${field}.containers`);
  if (spec.initContainers !== undefined) validateInitContainers(errors, spec, place, `${field}.initContainers`);
  if (spec.ephemeralContainers !== undefined) {
    validateEphemeralContainers(errors, spec, place, `${field}.ephemeralContainers`);
  }
  validatePodResources(errors, spec, `${field}.resources`);
  validateChoice(errors, `${field}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES);
  validateChoice(errors, `${field}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES);
  if (spec.nodeSelector !== undefined) validateLabels(errors, spec.nodeSelector, `${field}.nodeSelector`);
  if (spec.hostNetwork === true) validateHostNetworkPorts(errors, spec.containers, `${field}.containers`);
  if (spec.securityContext !== undefined) {
    validatePodSecurityContext(errors, spec.securityContext, `${field}.securityContext`);
  }
  if (spec.affinity !== undefined) validateAffinity(errors, spec.affinity, `${field}.affinity`);
  validateDnsConfig(errors, spec, `${field}.dnsConfig`);
  if (spec.readinessGates !== undefined) validateReadinessGates(errors, spec, `${field}.readinessGates`);
  if (spec.schedulingGates !== undefined) validateSchedulingGates(errors, spec, `${field}.schedulingGates`);
  if (spec.topologySpreadConstraints !== undefined) {
    validateTopologySpread(errors, spec.topologySpreadConstraints, `${field}.topologySpreadConstraints`);
  }
  validateSchedulingGroup(errors, spec, `${field}.schedulingGroup`);
  validateNames(errors, spec, field);
  if (spec.tolerations !== undefined) validateTolerations(errors, spec.tolerations, `${field}.tolerations`);
  if (spec.hostAliases !== undefined) validateHostAliases(errors, spec.hostAliases, `${field}.hostAliases`);
  validateName(errors, `${field}.priorityClassName`, spec.priorityClassName, checkSubdomain1123);
  validateName(errors, `${field}.runtimeClassName`, spec.runtimeClassName, checkSubdomain1123);
  if (spec.preemptionPolicy !== undefined) {
    validateChoice(errors, `${field}.preemptionPolicy`, spec.preemptionPolicy, PREEMPTION_POLICIES);
  }
}

function validateChoice(errors: FieldError[], field: string, value: string | undefined, choices: string[]): void {
  if (value === undefined || value === '') errors.push(required(field));
  else if (!choices.includes(value)) errors.push(notSupported(field, value, choices));
}

type NameCheck = (text: string) => readonly string[];

function validateName(errors: FieldError[], field: string, name: string | undefined, check: NameCheck): void {
  if (name === undefined || name === '') return;
  for (const detail of check(name)) errors.push(invalid(field, name, detail));
}

function validateNames(errors: FieldError[], spec: PodSpec, field: string): void {
  validateName(errors, `${field}.serviceAccountName`, spec.serviceAccountName, checkSubdomain1123);
  validateName(errors, `${field}.nodeName`, spec.nodeName, checkSubdomain1123);
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32)) {
    errors.push(invalid(`${field}.activeDeadlineSeconds`, deadline, DEADLINE_RANGE));
  }
  validateName(errors, `${field}.hostname`, spec.hostname, checkLabel1123);
  validateName(errors, `${field}.subdomain`, spec.subdomain, checkLabel1123);
}

function validateReadinessGates(errors: FieldError[], { readinessGates = [] }: PodSpec, field: string): void {
  readinessGates.forEach(({ conditionType }, index) => {
    for (const detail of checkQualifiedName(conditionType ?? '')) {
      errors.push(invalid(`${field}[${index}].conditionType`, conditionType ?? '', detail));
    }
  });
}

function validateSchedulingGroup(errors: FieldError[], { schedulingGroup }: PodSpec, field: string): void {
  if (schedulingGroup === undefined) return;
  const { podGroupName } = schedulingGroup;
  if (podGroupName === undefined) errors.push(invalid(field, '', 'must specify one of: `podGroupName`'));
  else invalidFor(errors, `${field}.podGroupName`, podGroupName, checkSubdomain1123(podGroupName));
}

function validateSchedulingGates(errors: FieldError[], { schedulingGates = [] }: PodSpec, field: string): void {
  const seen = new Set<string>();
  schedulingGates.forEach(({ name }, index) => {
    for (const detail of checkQualifiedName(name ?? '')) errors.push(invalid(`${field}[${index}]`, name ?? '', detail));
    if (seen.has(name)) {
      errors.push({ type: 'FieldValueDuplicate', field: `${field}[${index}]`, message: `Duplicate value: "${name}"` });
    }
    seen.add(name);
  });
}
