import { sameValue, withDefaults } from '../copy-on-write.ts';
import { forbidden, immutable, notSupported } from '../field-errors.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import type { PriorityClass } from '../kinds.ts';
import { ageColumn, column, nameColumn, numberColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

// https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/

const HIGHEST_USER_PRIORITY = 1_000_000_000;
const POLICIES = ['PreemptLowerPriority', 'Never'];

/** The classes every cluster has, made by the server at its start. */
export const SYSTEM_PRIORITY_CLASSES: readonly {
  readonly name: string;
  readonly value: number;
  readonly description: string;
}[] = [
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
];

export const priorityClass = storedKind<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  schema: 'io.k8s.api.scheduling.v1.PriorityClass',
  applyDefaults: (object) => withDefaults(object, { preemptionPolicy: 'PreemptLowerPriority' }),
  prepareForCreate: firstGeneration,
  prepareForUpdate: (next, previous) => nextGeneration(next, previous, !sameValue(next.value, previous.value)),
  ...validation<PriorityClass>({
    namespaced: false,
    validate(errors, { metadata, value, globalDefault, preemptionPolicy }) {
      const { name } = metadata;
      const known = SYSTEM_PRIORITY_CLASSES.find((each) => each.name === name);
      if (typeof name === 'string' && name.startsWith('system-')) {
        const isSystem = known?.value === value && globalDefault !== true;
        if (known === undefined || !isSystem) {
          const why =
            known === undefined
              ? `${name} is not a known system priority class`
              : `value of ${name} PriorityClass must be ${known.value}`;
          const detail = `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`;
          errors.push(forbidden('metadata.name', detail));
        }
      } else if (value > HIGHEST_USER_PRIORITY) {
        const detail = `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`;
        errors.push(forbidden('value', detail));
      }
      if (preemptionPolicy !== undefined && !POLICIES.includes(preemptionPolicy)) {
        errors.push(notSupported('preemptionPolicy', preemptionPolicy, POLICIES));
      }
    },
    validateChange(errors, next, previous) {
      if (next.value !== previous.value) errors.push(forbidden('value', 'may not be changed in an update.'));
      if (next.preemptionPolicy !== previous.preemptionPolicy) {
        errors.push(immutable('preemptionPolicy', next.preemptionPolicy));
      }
    },
  }),
  columns: [
    nameColumn,
    numberColumn(
      'Value',
      'The value of this priority class. This is the actual priority that pods receive when they have the name of this class in their pod spec.',
      ({ value }) => value ?? 0,
    ),
    {
      ...column<PriorityClass>(
        'Global-Default',
        'globalDefault specifies whether this PriorityClass should be considered as the default priority for pods that do not have any priority class.',
        ({ globalDefault }) => globalDefault === true,
      ),
      type: 'boolean',
    },
    ageColumn,
    column(
      'PreemptionPolicy',
      'preemptionPolicy is the Policy for preempting pods with lower priority. One of Never, PreemptLowerPriority.',
      ({ preemptionPolicy }) => preemptionPolicy ?? '',
    ),
  ],
});
