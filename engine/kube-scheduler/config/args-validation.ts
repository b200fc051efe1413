import { validateNodeAffinity } from '../../api/core/affinity-validation.ts';
import type { FieldError } from '../../api/field-error.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../../api/field-errors.ts';
import { checkQualifiedName } from '../../api/names.ts';
import type { DefaultPreemptionArgs } from '../plugins/default-preemption.ts';
import type { InterPodAffinityArgs } from '../plugins/inter-pod-affinity.ts';
import type { NodeAffinityArgs } from '../plugins/node-affinity.ts';
import type { NodeResourcesBalancedAllocationArgs } from '../plugins/node-resources-balanced-allocation.ts';
import type { NodeResourcesFitArgs } from '../plugins/node-resources-fit.ts';
import type { PodTopologySpreadArgs } from '../plugins/pod-topology-spread.ts';
import type { ShapePoint } from '../plugins/scoring-strategy.ts';
import type { VolumeBindingArgs } from '../plugins/volume-binding.ts';

// After kubernetes/kubernetes pkg/scheduler/apis/config/validation/validation_pluginargs.go.

type Check = (errors: FieldError[], path: string, args: never) => void;

/** The check of each plugin's arguments. */
export const ARGS_CHECKS: Readonly<Record<string, Check>> = {
  DefaultPreemption: validatePreemption,
  InterPodAffinity: (errors, path, { hardPodAffinityWeight }: InterPodAffinityArgs) =>
    inRange(errors, `${path}.hardPodAffinityWeight`, hardPodAffinityWeight, 100),
  NodeAffinity: (errors, path, { addedAffinity }: NodeAffinityArgs) => {
    if (addedAffinity !== undefined) validateNodeAffinity(errors, addedAffinity, `${path}.addedAffinity`);
  },
  NodeResourcesBalancedAllocation: validateBalancedAllocation,
  NodeResourcesFit: validateFit,
  PodTopologySpread: validateSpread,
  VolumeBinding: validateVolumeBinding,
};

function inRange(errors: FieldError[], path: string, value: number, max: number): void {
  if (value < 0 || value > max) errors.push(invalid(path, value, `not in valid range [0, ${max}]`));
}

function validatePreemption(errors: FieldError[], path: string, args: DefaultPreemptionArgs): void {
  const { minCandidateNodesPercentage: percentage, minCandidateNodesAbsolute: absolute } = args;
  inRange(errors, `${path}.minCandidateNodesPercentage`, percentage, 100);
  if (absolute < 0) {
    errors.push(invalid(`${path}.minCandidateNodesAbsolute`, absolute, 'not in valid range [0, inf)'));
  }
  if (percentage !== 0 || absolute !== 0) return;
  const together = (name: string) => `cannot be zero at the same time as ${name}`;
  errors.push(
    invalid(`${path}.minCandidateNodesPercentage`, 0, together('minCandidateNodesAbsolute')),
    invalid(`${path}.minCandidateNodesAbsolute`, 0, together('minCandidateNodesPercentage')),
  );
}

function validateBalancedAllocation(
  errors: FieldError[],
  path: string,
  { resources }: NodeResourcesBalancedAllocationArgs,
): void {
  const seen = new Set<string>();
  resources.forEach(({ name, weight }, index) => {
    if (seen.has(name)) errors.push(duplicate(`${path}.resources[${index}].name`, name));
    seen.add(name);
    if (weight !== 1) errors.push(invalid(`${path}.resources[${index}].weight`, weight, 'must be 1'));
  });
}

function validateFit(errors: FieldError[], path: string, args: NodeResourcesFitArgs): void {
  const { ignoredResources = [], ignoredResourceGroups = [], scoringStrategy } = args;
  ignoredResources.forEach((name, index) => {
    for (const detail of checkQualifiedName(name)) {
      errors.push(invalid(`${path}.ignoredResources[${index}]`, name, detail));
    }
  });
  ignoredResourceGroups.forEach((group, index) => {
    const field = `${path}.ignoredResourceGroups[${index}]`;
    if (group.includes('/')) errors.push(invalid(field, group, "resource group name can't contain '/'"));
    for (const detail of checkQualifiedName(group)) errors.push(invalid(field, group, detail));
  });
  const { type, resources, requestedToCapacityRatio } = scoringStrategy;
  const field = `${path}.scoringStrategy`;
  const types = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'];
  if (!types.includes(type)) errors.push(notSupported(`${field}.type`, type, types));
  resources.forEach(({ name, weight }, index) => {
    if (weight > 0 && weight <= 100) return;
    const detail = `resource weight of ${name} not in valid range (0, 100]`;
    errors.push(invalid(`${field}.resources[${index}].weight`, weight, detail));
  });
  const ratio = `${field}.requestedToCapacityRatio`;
  if (type === 'RequestedToCapacityRatio') {
    if (requestedToCapacityRatio === undefined) {
      errors.push(required(ratio, 'must be specified when type is RequestedToCapacityRatio'));
    } else validateFunction(errors, `${ratio}.shape`, requestedToCapacityRatio.shape ?? []);
  } else if (requestedToCapacityRatio !== undefined) {
    errors.push(forbidden(ratio, 'must be nil when type is not RequestedToCapacityRatio'));
  }
}

function validateFunction(errors: FieldError[], path: string, points: readonly ShapePoint[]): void {
  if (points.length === 0) errors.push(required(path, 'at least one point must be specified'));
  const fall = points.findIndex(({ utilization }, i) => i > 0 && points[i - 1]!.utilization >= utilization);
  if (fall > 0) {
    const detail = 'values must be sorted in increasing order';
    errors.push(invalid(`${path}[${fall}].utilization`, points[fall]!.utilization, detail));
  }
  points.forEach(({ utilization = 0, score = 0 }, index) => {
    inRange(errors, `${path}[${index}].utilization`, utilization, 100);
    inRange(errors, `${path}[${index}].score`, score, 10);
  });
}

function validateSpread(errors: FieldError[], path: string, args: PodTopologySpreadArgs): void {
  const { defaultConstraints = [], defaultingType } = args;
  const type = `${path}.defaultingType`;
  if (!['System', 'List'].includes(defaultingType)) errors.push(notSupported(type, defaultingType, ['System', 'List']));
  else if (defaultingType === 'System' && defaultConstraints.length > 0) {
    errors.push(invalid(type, defaultingType, 'when .defaultConstraints are not empty'));
  }
  const base = `${path}.defaultConstraints`;
  const actions = ['DoNotSchedule', 'ScheduleAnyway'];
  const seen = new Set<string>();
  defaultConstraints.forEach((constraint, index) => {
    const field = `${base}[${index}]`;
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable, labelSelector } = constraint;
    if (maxSkew <= 0) errors.push(invalid(`${field}.maxSkew`, maxSkew, 'not in valid range (0, inf)'));
    if (topologyKey === '') errors.push(required(`${field}.topologyKey`, 'can not be empty'));
    else {
      for (const detail of checkQualifiedName(topologyKey)) {
        errors.push(invalid(`${field}.topologyKey`, topologyKey, detail));
      }
    }
    if (!whenUnsatisfiable) errors.push(required(`${field}.whenUnsatisfiable`, 'can not be empty'));
    else if (!actions.includes(whenUnsatisfiable)) {
      errors.push(notSupported(`${field}.whenUnsatisfiable`, whenUnsatisfiable, actions));
    }
    if (labelSelector !== undefined) {
      const detail = 'constraint must not define a selector, as they deduced for each pod';
      errors.push(forbidden(`${field}.labelSelector`, detail));
    }
    const pair = `{${topologyKey}, ${whenUnsatisfiable ?? ''}}`;
    if (seen.has(pair)) errors.push(duplicate(field, pair));
    seen.add(pair);
  });
}

function validateVolumeBinding(
  errors: FieldError[],
  path: string,
  args: VolumeBindingArgs & { readonly shape?: unknown },
): void {
  const { bindTimeoutSeconds, shape } = args;
  if (bindTimeoutSeconds < 0) {
    const detail = 'invalid BindTimeoutSeconds, should not be a negative value';
    errors.push(invalid(`${path}.bindTimeoutSeconds`, bindTimeoutSeconds, detail));
  }
  if (shape !== undefined) {
    const detail = 'unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring';
    errors.push(invalid(`${path}.shape`, shape, detail));
  }
}
