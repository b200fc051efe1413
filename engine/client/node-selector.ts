import type { Node, Pod } from '../api/kinds.ts';

type NodeSelectorTerm = NonNullable<
  NonNullable<
    NonNullable<NonNullable<Pod['spec']['affinity']>['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
  >['nodeSelectorTerms']
>[number];

type Requirement = NonNullable<NodeSelectorTerm['matchExpressions']>[number];

/** A term holds when all its requirements do; one without any never holds. */
export function termMatches(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length === 0 && fields.length === 0) return false;
  return (
    expressions.every((requirement) => requirementHolds(requirement, node.metadata.labels?.[requirement.key])) &&
    fields.every(
      (requirement) => requirement.key === 'metadata.name' && requirementHolds(requirement, node.metadata.name),
    )
  );
}

function requirementHolds({ operator, values = [] }: Requirement, actual: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return actual !== undefined && values.includes(actual);
    case 'NotIn':
      return actual === undefined || !values.includes(actual);
    case 'Exists':
      return actual !== undefined;
    case 'DoesNotExist':
      return actual === undefined;
    case 'Gt':
      return isInteger(actual) && isInteger(values[0]) && Number(actual) > Number(values[0]);
    case 'Lt':
      return isInteger(actual) && isInteger(values[0]) && Number(actual) < Number(values[0]);
    default:
      return false;
  }
}

function isInteger(text: string | undefined): boolean {
  return text !== undefined && /^[+-]?[0-9]{1,18}$/.test(text);
}

/** `spec.nodeSelector` and the required node affinity together. */
export function nodeMatchesPod(node: Node, pod: Pod): boolean {
  const { nodeSelector, affinity } = pod.spec;
  for (const [key, value] of Object.entries(nodeSelector ?? {})) {
    if (node.metadata.labels?.[key] !== value) return false;
  }
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || requiredTermsMatch(required, node);
}

/** A node selector holds when one of its terms does. */
export function requiredTermsMatch(
  required: { readonly nodeSelectorTerms: readonly NodeSelectorTerm[] },
  node: Node,
): boolean {
  return required.nodeSelectorTerms.some((term) => termMatches(term, node));
}

/** The only nodes that can match, where every required term names them by `metadata.name` (DaemonSet Pods do). */
export function namedNodes(pod: Pod): ReadonlySet<string> | undefined {
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (terms === undefined || terms.length === 0) return undefined;
  const names = new Set<string>();
  for (const term of terms) {
    const byName = term.matchFields?.find(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    if (byName === undefined) return undefined;
    for (const name of byName.values ?? []) names.add(name);
  }
  return names;
}
