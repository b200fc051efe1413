import { withDefaults, withField } from '../copy-on-write.ts';
import type { PriorityLevelConfiguration } from '../extension-kinds.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, notSupported, required } from '../field-errors.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { validateConditionTypes } from './condition-types.ts';

type Spec = NonNullable<PriorityLevelConfiguration['spec']>;
type Limited = NonNullable<Spec['limited']>;
type Queuing = NonNullable<NonNullable<Limited['limitResponse']>['queuing']>;

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

const TYPES = ['Exempt', 'Limited'];
const RESPONSES = ['Queue', 'Reject'];
const MAX_QUEUES = 10_000_000;
const MAX_ENTROPY_BITS = 60;

function validateSpec(errors: FieldError[], name: string, { type, limited, exempt }: Spec): void {
  if ((name === 'exempt') !== (type === 'Exempt')) {
    errors.push(invalid('spec.type', type ?? '', "type must be 'Exempt' if and only if name is 'exempt'"));
  }
  if (type === 'Exempt') {
    if (limited !== undefined) errors.push(forbidden('spec.limited', 'must be nil if the type is not Limited'));
    validateShares(errors, exempt ?? {}, 'spec.exempt');
  } else if (type === 'Limited') {
    if (exempt !== undefined) errors.push(forbidden('spec.exempt', 'must be nil if the type is Limited'));
    if (limited === undefined) errors.push(required('spec.limited', 'must not be empty when type is Limited'));
    else validateLimited(errors, limited);
  } else errors.push(notSupported('spec.type', type ?? '', TYPES));
}

function validateShares(
  errors: FieldError[],
  { nominalConcurrencyShares: shares = 0, lendablePercent: lendable = 0 }: NonNullable<Spec['exempt']>,
  at: string,
): void {
  if (shares < 0) errors.push(invalid(`${at}.nominalConcurrencyShares`, shares, 'must be a non-negative integer'));
  if (lendable < 0 || lendable > 100) {
    errors.push(invalid(`${at}.lendablePercent`, lendable, 'must be between 0 and 100, inclusive'));
  }
}

function validateLimited(errors: FieldError[], limited: Limited): void {
  const { limitResponse, borrowingLimitPercent: borrowing } = limited;
  validateShares(errors, limited, 'spec.limited');
  if (borrowing !== undefined && borrowing < 0) {
    const detail = 'if specified, must be a non-negative integer';
    errors.push(invalid('spec.limited.borrowingLimitPercent', borrowing, detail));
  }
  const at = 'spec.limited.limitResponse';
  const queuing = limitResponse?.queuing;
  if (limitResponse?.type === 'Reject') {
    const detail = 'must be nil if limited.limitResponse.type is not Limited';
    if (queuing !== undefined) errors.push(forbidden(`${at}.queuing`, detail));
  } else if (limitResponse?.type === 'Queue') {
    const detail = 'must not be empty if limited.limitResponse.type is Limited';
    if (queuing === undefined) errors.push(required(`${at}.queuing`, detail));
    else validateQueuing(errors, queuing, `${at}.queuing`);
  } else errors.push(notSupported(`${at}.type`, limitResponse?.type ?? '', RESPONSES));
}

function validateQueuing(
  errors: FieldError[],
  { queues = 0, handSize = 0, queueLengthLimit = 0 }: Queuing,
  at: string,
): void {
  if (queueLengthLimit <= 0) errors.push(invalid(`${at}.queueLengthLimit`, queueLengthLimit, 'must be positive'));
  if (queues <= 0) errors.push(invalid(`${at}.queues`, queues, 'must be positive'));
  else if (queues > MAX_QUEUES) errors.push(invalid(`${at}.queues`, queues, `must not be greater than ${MAX_QUEUES}`));
  const field = `${at}.handSize`;
  if (handSize <= 0) errors.push(invalid(field, handSize, 'must be positive'));
  else if (handSize > queues) {
    errors.push(invalid(field, handSize, `should not be greater than queues (${queues})`));
  } else if (entropyBits(queues, handSize) > MAX_ENTROPY_BITS) {
    const detail = `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${MAX_ENTROPY_BITS}`;
    errors.push(invalid(field, handSize, detail));
  }
}

/** How many bits it takes to deal a hand. After k8s.io/apiserver pkg/util/shufflesharding. */
function entropyBits(queues: number, handSize: number): number {
  let bits = 0;
  for (let dealt = 0; dealt < handSize && bits <= MAX_ENTROPY_BITS; dealt++) bits += Math.log2(queues - dealt);
  return Math.ceil(bits);
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
  ...specAndStatus<PriorityLevelConfiguration>({ status: {} }),
  ...validation<PriorityLevelConfiguration>({
    namespaced: false,
    validate(errors, { metadata, spec = NO_SPEC, status }) {
      validateSpec(errors, metadata.name, spec);
      validateConditionTypes(errors, status?.conditions ?? []);
    },
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
      ({ spec }) => orNone(spec?.limited?.nominalConcurrencyShares),
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
