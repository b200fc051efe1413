import { withDefaults, withField } from '../copy-on-write.ts';
import type { PriorityLevelConfiguration } from '../extension-kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

type Spec = NonNullable<PriorityLevelConfiguration['spec']>;
type Limited = NonNullable<Spec['limited']>;

const NO_SPEC = Object.freeze({}) as Spec;
const LIMITED: Partial<Limited> = { nominalConcurrencyShares: 30, lendablePercent: 0 };
const EXEMPT = { nominalConcurrencyShares: 0, lendablePercent: 0 };
const QUEUING = { queues: 64, handSize: 8, queueLengthLimit: 50 };

function defaultSpec(spec: Spec): Spec {
  if (spec.limited !== undefined) return withField(spec, 'limited', defaultLimited(spec.limited));
  if (spec.type !== 'Exempt') return spec;
  return withField(spec, 'exempt', withDefaults(spec.exempt ?? EXEMPT, EXEMPT));
}

function defaultLimited(limited: Limited): Limited {
  const filled = withDefaults(limited, LIMITED);
  const response = filled.limitResponse;
  if (response?.type !== 'Queue' || response.queuing === undefined) return filled;
  const queuing = withDefaults(response.queuing, QUEUING);
  return withField(filled, 'limitResponse', withField(response, 'queuing', queuing));
}

function queuingOf({ spec }: PriorityLevelConfiguration) {
  return spec?.limited?.limitResponse?.queuing;
}

function orNone(value: number | undefined): string | number {
  return value ?? '<none>';
}

/** https://kubernetes.io/docs/concepts/cluster-administration/flow-control/ */
export const priorityLevelConfiguration = storedKind<PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  schema: 'io.k8s.api.flowcontrol.v1.PriorityLevelConfiguration',
  subresources: ['status'],
  applyDefaults: (object) => withField(object, 'spec', defaultSpec(object.spec ?? NO_SPEC)),
  ...specAndStatus<PriorityLevelConfiguration>(),
  ...validation<PriorityLevelConfiguration>({
    namespaced: false,
    validate: () => {},
  }),
  columns: [
    nameColumn,
    column(
      'Type',
      '`type` indicates whether this priority level is subject to limitation on request execution.  A value of `"Exempt"` means that requests of this priority level are not subject to a limit (and thus are never queued) and do not detract from the capacity made available to other priority levels.  A value of `"Limited"` means that (a) requests of this priority level _are_ subject to limits and (b) some of the server\'s limited capacity is made available exclusively to this priority level. Required.',
      ({ spec }) => spec?.type ?? '',
    ),
    column(
      'NominalConcurrencyShares',
      '`nominalConcurrencyShares` (NCS) contributes to the computation of the NominalConcurrencyLimit (NominalCL) of this level.',
      ({ spec }) => orNone(spec?.limited?.nominalConcurrencyShares ?? spec?.exempt?.nominalConcurrencyShares),
    ),
    column(
      'Queues',
      '`queues` is the number of queues for this priority level. The queues exist independently at each apiserver. The value must be positive.  Setting it to 1 effectively precludes shufflesharding and thus makes the distinguisher method of associated flow schemas irrelevant.  This field has a default value of 64.',
      (object) => orNone(queuingOf(object)?.queues),
    ),
    column(
      'HandSize',
      "`handSize` is a small positive number that configures the shuffle sharding of requests into queues.  When enqueuing a request at this priority level the request's flow identifier (a string pair) is hashed and the hash value is used to shuffle the list of queues and deal a hand of the size specified here.  The request is put into one of the shortest queues in that hand. `handSize` must be no larger than `queues`, and should be significantly smaller (so that a few heavy flows do not saturate most of the queues).  See the user-facing documentation for more extensive guidance on setting this field.  This field has a default value of 8.",
      (object) => orNone(queuingOf(object)?.handSize),
    ),
    column(
      'QueueLengthLimit',
      '`queueLengthLimit` is the maximum number of requests allowed to be waiting in a given queue of this priority level at a time; excess requests are rejected.  This value must be positive.  If not specified, it will be defaulted to 50.',
      (object) => orNone(queuingOf(object)?.queueLengthLimit),
    ),
    ageColumn,
  ],
});
