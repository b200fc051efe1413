import { isReady, type KubeObject, type Pod } from '@drydock/engine';
import { type PathStep, parsePath, pathText } from './object-path.ts';

/** What a field says of the object that has it, in words; undefined where the field does not say that. */
interface Meaning {
  /** Kinds it is a field of; of any unless told. */
  readonly kinds?: readonly string[];
  /** The beginning of a path. */
  readonly field: RegExp;
  readonly say: (object: Described, field: RegExpExecArray) => string | undefined;
}

type Described = KubeObject & {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
};

const REPLICATED = ['Deployment', 'ReplicaSet', 'StatefulSet'];
const REACHED = ['Service', 'Ingress', 'Gateway'];

/** What the field's absence or value means. Counts that are nought are left out of an object: they are told all the same. */
const MEANINGS: readonly Meaning[] = [
  {
    kinds: REPLICATED,
    field: /^status\.((ready|available|updated)Replicas)$/,
    say: (object, [, field, word]) => share(object.status?.[field!], object.spec?.['replicas'] ?? 1, 'replicas', word!),
  },
  {
    kinds: ['DaemonSet'],
    field: /^status\.(number(Ready|Available)|(updated)NumberScheduled)$/,
    say: ({ status }, [, field, state, updated]) =>
      share(status?.[field!], status?.['desiredNumberScheduled'], 'Pods', (state ?? updated)!.toLowerCase()),
  },
  {
    kinds: ['DaemonSet'],
    field: /^status\.desiredNumberScheduled$/,
    say: (object) => `${named(object)} is for ${object.status?.['desiredNumberScheduled'] ?? 0} of the machines`,
  },
  {
    kinds: ['Job'],
    field: /^status\.succeeded$/,
    say: ({ spec, status }) => share(status?.['succeeded'], spec?.['completions'] ?? 1, 'Pods', 'done'),
  },
  {
    kinds: ['Job'],
    field: /^status\.conditions\[type=Complete\]/,
    say: (object) => `${named(object)} has not completed`,
  },
  {
    kinds: ['CronJob'],
    field: /^status\.lastScheduleTime$/,
    say: unlessSet('lastScheduleTime', 'has not begun a Job yet'),
  },
  {
    kinds: ['CronJob'],
    field: /^status\.lastSuccessfulTime$/,
    say: unlessSet('lastSuccessfulTime', 'has had no Job that succeeded'),
  },
  {
    kinds: ['Pod'],
    field: /^spec\.nodeName$/,
    say: (object) => (object.spec?.['nodeName'] === undefined ? `${named(object)} has no node yet` : undefined),
  },
  {
    kinds: ['Pod'],
    field: /^status\.conditions\[type=Ready\]\.status$/,
    say: (object) => `${named(object)} is ${isReady(object as unknown as Pod) ? '' : 'not '}ready`,
  },
  {
    kinds: ['Pod'],
    field: /^status\.containerStatuses\[(\*|name=(.*?))\]\.ready$/,
    say: (object, [, , name]) => readyContainers(object, name),
  },
  {
    kinds: ['Pod'],
    field: /^status\.(?:initC|c)ontainerStatuses\[name=(.*?)\]\.restartCount$/,
    say: (object, [, name]) => restarts(object, name!),
  },
  { kinds: ['Pod'], field: /^status\.podIPs?\b/, say: unlessSet('podIP', 'has no address yet') },
  {
    kinds: ['Pod'],
    field: /^status\.(c|initC|ephemeralC)ontainerStatuses/,
    say: unlessSet('containerStatuses', 'has not been started on a node yet'),
  },
  {
    kinds: REACHED,
    field: /^status\.loadBalancer\b/,
    say: (object) =>
      Object.hasOwn(Object(object.status?.['loadBalancer']), 'ingress')
        ? undefined
        : `${named(object)} has no address for the outside`,
  },
  { kinds: ['EndpointSlice'], field: /^(endpoints|ports)\b/, say: endpointsOf },
];

/** What a path into an object, or into one of a list's items, is about, in words that need no knowledge of its fields. */
export function meaningOf(value: unknown, path: string, at: readonly (string | number)[]): string | undefined {
  const { object, field } = subject(value, parsePath(path), at);
  if (object?.kind === undefined || object.metadata === undefined) return undefined;
  for (const { kinds, field: form, say } of MEANINGS) {
    const match = form.exec(field);
    if (match !== null && kinds?.includes(object.kind) !== false) return say(object, match);
  }
  return undefined;
}

/** The object itself, or the item of the list that the place is in. */
function subject(value: unknown, steps: readonly PathStep[], [, index]: readonly (string | number)[]) {
  const { items } = Object(value) as { readonly items?: readonly Described[] };
  if (items === undefined) return { object: value as Described | undefined, field: pathText(steps) };
  return { object: items[Number(index ?? 0)], field: pathText(steps.slice(2)) };
}

/** `2 of 3 replicas are ready`; while there are more than there should be, the number alone says it. */
function share(count: unknown, of: unknown, what: string, state: string): string | undefined {
  const [number, all] = [Number(count ?? 0), Number(of ?? 0)];
  return number > all ? undefined : `${number} of ${all} ${what} are ${state}`;
}

function unlessSet(field: string, words: string): Meaning['say'] {
  return (object) => (object.status?.[field] === undefined ? `${named(object)} ${words}` : undefined);
}

function readyContainers(object: Described, name: string | undefined): string | undefined {
  const all = (object as unknown as Pod).status?.containerStatuses ?? [];
  const one = all.find((status) => status.name === name);
  if (one !== undefined) return `the container "${name}" of ${named(object)} is ${one.ready ? '' : 'not '}ready`;
  if (name !== undefined || all.length === 0) return undefined;
  return `${all.filter(({ ready }) => ready).length} of ${all.length} containers of ${named(object)} are ready`;
}

function restarts(object: Described, name: string): string | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = (object as unknown as Pod).status ?? {};
  const found = [...containerStatuses, ...initContainerStatuses].find((status) => status.name === name);
  if (found === undefined) return undefined;
  const times = found.restartCount === 1 ? 'once' : `${found.restartCount} times`;
  return `the container "${name}" of ${named(object)} was restarted ${times}`;
}

function named({ kind, metadata }: Described): string {
  return `the ${kind} "${metadata.name}"`;
}

interface Endpoints {
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[] | null;
  readonly ports?: readonly unknown[] | null;
}

/** https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/ */
function endpointsOf(object: Described): string | undefined {
  const { endpoints, ports } = object as Endpoints;
  const service = `the Service "${object.metadata.labels?.['kubernetes.io/service-name']}"`;
  const all = endpoints?.length ?? 0;
  const ready = endpoints?.filter(({ conditions }) => conditions?.ready !== false).length ?? 0;
  if (all === 0) return `${service} has no endpoints`;
  if ((ports?.length ?? 0) === 0) return `${service} leads to no port of its Pods`;
  return ready < all ? `${ready} of ${all} endpoints of ${service} are ready` : undefined;
}
