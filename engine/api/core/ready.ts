interface Condition {
  readonly type: string;
  readonly status: string;
}

interface WithConditions<C extends Condition> {
  readonly status?: { readonly conditions?: readonly C[] };
}

/** What a Node or a Pod says of its being ready. */
export function readyCondition<C extends Condition>({ status }: WithConditions<C>): C | undefined {
  for (const condition of status?.conditions ?? []) if (condition.type === 'Ready') return condition;
  return undefined;
}

/** Whether a Node or a Pod says that it is Ready. */
export function isReady(object: WithConditions<Condition>): boolean {
  return readyCondition(object)?.status === 'True';
}
