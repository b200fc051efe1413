import type {
  CustomResourceCondition,
  CustomResourceDefinition,
  CustomResourceNames,
} from '../api/apiextensions/custom-resource-definition.ts';

type Status = NonNullable<CustomResourceDefinition['status']>;

/** Without the time, which belongs to whoever writes it down. */
export type NewCondition = Omit<CustomResourceCondition, 'lastTransitionTime'>;

/** Reasons for names that others of the group already have. */
const CONFLICT_REASONS = {
  plural: 'PluralConflict',
  singular: 'SingularConflict',
  kind: 'KindConflict',
  listKind: 'ListKindConflict',
} as const;

/**
 * The names a definition may use, and what is to be said of that: a name that another definition of the group has
 * already been given is not given again. After apiextensions-apiserver pkg/controller/status/naming_controller.go.
 */
export function acceptNames(
  definition: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
): { readonly names: CustomResourceNames; readonly conditions: readonly NewCondition[] } {
  const { spec, status } = definition;
  const before: CustomResourceNames = status?.acceptedNames ?? { plural: '', kind: '' };
  const taken = takenNames(definition, others);
  let conflict: NewCondition | undefined;
  const refuse = (reason: string, words: string) => {
    conflict = { type: 'NamesAccepted', status: 'False', reason, message: words };
  };
  const names: Record<string, unknown> = { ...before };
  for (const [key, reason] of Object.entries(CONFLICT_REASONS)) {
    const field = key as keyof typeof CONFLICT_REASONS;
    const wanted = spec.names[field] ?? '';
    const isTaken = (field === 'kind' || field === 'listKind' ? taken.kinds : taken.resources).has(wanted);
    if (wanted !== '' && isTaken) refuse(reason, `${JSON.stringify(wanted)} is already in use`);
    else names[field] = wanted;
  }
  const shortNames = spec.names.shortNames ?? [];
  const clashing = shortNames.filter((name) => taken.resources.has(name)).map((name) => JSON.stringify(name));
  if (clashing.length === 0) names['shortNames'] = shortNames;
  else refuse('ShortNamesConflict', clashing.map((name) => `${name} is already in use`).join(', '));
  names['categories'] = spec.names.categories ?? [];
  return { names: tidy(names), conditions: conditionsOf(definition, conflict) };
}

function takenNames({ spec, metadata }: CustomResourceDefinition, others: readonly CustomResourceDefinition[]) {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const other of others) {
    if (other.metadata.name === metadata.name || other.spec.group !== spec.group) continue;
    const {
      plural,
      singular,
      shortNames = [],
      kind,
      listKind,
    } = other.status?.acceptedNames ?? { plural: '', kind: '' };
    for (const name of [plural, singular, ...shortNames]) if (name !== undefined && name !== '') resources.add(name);
    for (const name of [kind, listKind]) if (name !== undefined && name !== '') kinds.add(name);
  }
  return { resources, kinds };
}

/** In the order of the API, without what is empty. */
function tidy(names: Record<string, unknown>): CustomResourceNames {
  const { plural, singular, shortNames, kind, listKind, categories } =
    names as unknown as Required<CustomResourceNames>;
  return {
    plural,
    ...((singular ?? '') === '' ? {} : { singular }),
    ...((shortNames ?? []).length === 0 ? {} : { shortNames }),
    kind,
    ...((listKind ?? '') === '' ? {} : { listKind }),
    ...((categories ?? []).length === 0 ? {} : { categories }),
  };
}

function conditionsOf(
  definition: CustomResourceDefinition,
  conflict: NewCondition | undefined,
): readonly NewCondition[] {
  const isEstablished = definition.status?.conditions?.some(
    ({ type, status }) => type === 'Established' && status === 'True',
  );
  if (conflict !== undefined) {
    const waiting = {
      type: 'Established',
      status: 'False',
      reason: 'NotAccepted',
      message: 'not all names are accepted',
    };
    return isEstablished === true ? [conflict] : [conflict, waiting];
  }
  const accepted = { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  const installing = {
    type: 'Established',
    status: 'False',
    reason: 'Installing',
    message: 'the initial names have been accepted',
  };
  return [accepted, ...(isEstablished === true ? [] : [installing]), ...approval(definition)];
}

/** Groups of the Kubernetes community want their API reviewed: https://github.com/kubernetes/enhancements/pull/1111 */
function approval({ spec, metadata }: CustomResourceDefinition): readonly NewCondition[] {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(spec.group)) return [];
  const type = 'KubernetesAPIApprovalPolicyConformant';
  const reason = metadata.annotations?.['api-approved.kubernetes.io'] ?? '';
  if (reason.startsWith('unapproved')) {
    const message = `not approved: ${JSON.stringify(reason)}`;
    return [{ type, status: 'False', reason: 'UnapprovedAnnotation', message }];
  }
  return [{ type, status: 'True', reason: 'ApprovedAnnotation', message: `approved in ${reason}` }];
}

/** What the establishing controller says once the names are accepted. */
export const ESTABLISHED: NewCondition = {
  type: 'Established',
  status: 'True',
  reason: 'InitialNamesAccepted',
  message: 'the initial names have been accepted',
};

/** A status with other conditions; the same one when nothing changes. Times move only with the status. */
export function withConditions(status: Status, conditions: readonly NewCondition[], timestamp: string): Status {
  const all = [...(status.conditions ?? [])];
  let changed = false;
  for (const next of conditions) {
    const index = all.findIndex(({ type }) => type === next.type);
    const before = all[index];
    if (
      before !== undefined &&
      before.status === next.status &&
      before.reason === next.reason &&
      before.message === next.message
    ) {
      continue;
    }
    const { type, status: value, reason, message } = next;
    const lastTransitionTime = before?.status === value ? (before.lastTransitionTime ?? timestamp) : timestamp;
    const condition = { type, status: value, lastTransitionTime, reason: reason ?? '', message: message ?? '' };
    changed = true;
    if (index < 0) all.push(condition);
    else all[index] = condition;
  }
  return changed ? { ...status, conditions: all } : status;
}
