import { withDefaults, withField } from '../copy-on-write.ts';
import type { FlowSchema } from '../extension-kinds.ts';
import { ageColumn, column, nameColumn, numberColumn } from '../printer-columns.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

const NO_SPEC = Object.freeze({}) as NonNullable<FlowSchema['spec']>;

/** https://kubernetes.io/docs/concepts/cluster-administration/flow-control/ */
export const flowSchema = storedKind<FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  schema: 'io.k8s.api.flowcontrol.v1.FlowSchema',
  subresources: ['status'],
  applyDefaults: (object) =>
    withField(object, 'spec', withDefaults(object.spec ?? NO_SPEC, { matchingPrecedence: 1000 })),
  ...specAndStatus<FlowSchema>(),
  ...validation<FlowSchema>({
    namespaced: false,
    validate: () => {},
  }),
  columns: [
    nameColumn,
    column(
      'PriorityLevel',
      '`priorityLevelConfiguration` should reference a PriorityLevelConfiguration in the cluster. If the reference cannot be resolved, the FlowSchema will be ignored and marked as invalid in its status. Required.',
      ({ spec }) => spec?.priorityLevelConfiguration?.name ?? '',
    ),
    numberColumn(
      'MatchingPrecedence',
      '`matchingPrecedence` is used to choose among the FlowSchemas that match a given request. The chosen FlowSchema is among those with the numerically lowest (which we take to be logically highest) MatchingPrecedence.  Each MatchingPrecedence value must be ranged in [1,10000]. Note that if the precedence is not specified, it will be set to 1000 as default.',
      ({ spec }) => spec?.matchingPrecedence ?? 0,
    ),
    column(
      'DistinguisherMethod',
      '`distinguisherMethod` defines how to compute the flow distinguisher for requests that match this schema. `nil` specifies that the distinguisher is disabled and thus will always be the empty string.',
      ({ spec }) => spec?.distinguisherMethod?.type ?? '<none>',
    ),
    ageColumn,
    column(
      'MissingPL',
      'references a broken or non-existent PriorityLevelConfiguration',
      ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    ),
  ],
});
