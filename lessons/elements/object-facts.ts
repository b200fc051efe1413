import { words } from '../i18n/page-words.ts';

/** A condition of an object, in words. */
export interface ConditionInWords {
  readonly type: string;
  readonly holds: string;
  readonly why: string;
}

type Dictionary = { readonly [field: string]: unknown };

/** The few lines that say what an object is. `status` is what a list would show. */
export function factsOf(object: Dictionary, status: string | undefined): [name: string, value: string][] {
  const { fields } = words.inspector;
  const facts: [string, unknown][] =
    object['kind'] === 'Node'
      ? [
          [fields.status, status],
          [fields.address, at(object, 'status', 'addresses', '0', 'address')],
          [fields.kubelet, at(object, 'status', 'nodeInfo', 'kubeletVersion')],
          [fields.capacity, amounts(at(object, 'status', 'capacity'))],
          [fields.allocatable, amounts(at(object, 'status', 'allocatable'))],
        ]
      : [
          [fields.namespace, at(object, 'metadata', 'namespace')],
          [fields.status, status],
          [fields.node, at(object, 'spec', 'nodeName')],
          [fields.ip, at(object, 'status', 'podIP')],
          [fields.owner, owner(object)],
          [fields.restartPolicy, at(object, 'spec', 'restartPolicy')],
          [fields.qos, at(object, 'status', 'qosClass')],
          [fields.created, String(at(object, 'metadata', 'creationTimestamp') ?? '').slice(11, 19)],
        ];
  return facts.flatMap(([name, value]) => (typeof value === 'string' && value !== '' ? [[name, value]] : []));
}

export function conditionsOf(object: Dictionary): ConditionInWords[] {
  const { conditionTrue, conditionFalse, conditionUnknown, conditionWords } = words.inspector;
  const conditions = (at(object, 'status', 'conditions') ?? []) as Readonly<Record<string, string>>[];
  return conditions.map(({ type = '', status, reason = '', message = '' }) => ({
    type: conditionWords[type] ?? type,
    holds: status === 'True' ? conditionTrue : status === 'False' ? conditionFalse : conditionUnknown,
    why: status === 'True' && message === '' ? '' : [reason, message].filter((part) => part !== '').join(': '),
  }));
}

function owner(object: Dictionary): string | undefined {
  const kind = at(object, 'metadata', 'ownerReferences', '0', 'kind');
  return kind === undefined ? undefined : `${kind} ${at(object, 'metadata', 'ownerReferences', '0', 'name')}`;
}

function amounts(list: unknown): string {
  return Object.entries((list ?? {}) as Record<string, unknown>)
    .filter(([name]) => ['cpu', 'memory', 'pods'].includes(name))
    .map(([name, amount]) => `${name} ${amount}`)
    .join(', ');
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner, field) => (inner as Dictionary | undefined)?.[field], value);
}
