import type { PolicyRule } from '../../api/kinds.ts';
import type { Command } from '../command.ts';
import { CommandError, isStatus, throwCollected } from '../command-error.ts';
import { DRY_RUN_FLAG, FILE_FLAGS, OUTPUT_FLAGS } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { givesFiles, type ManifestObject, readManifests } from '../manifest-files.ts';
import { Report } from '../output/report.ts';
import { collect, locate } from '../resource-finder.ts';
import { sameJson, type Unstructured } from '../unstructured.ts';

// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#kubectl-auth-reconcile

interface Subject {
  readonly kind: string;
  readonly apiGroup?: string;
  readonly name: string;
  readonly namespace?: string;
}

/** What has to be done to an object, and the lines that say so. */
interface Reconciliation {
  readonly operation: 'create' | 'update' | 'recreate' | undefined;
  readonly object: Unstructured;
  readonly lines: readonly string[];
}

export const reconcile: Command = {
  name: 'reconcile',
  summary: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  usage: 'auth reconcile -f FILENAME',
  operand: 'none',
  flags: [
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    DRY_RUN_FLAG,
    { name: 'remove-extra-permissions', type: 'bool', help: 'Take away what the manifest does not grant' },
    { name: 'remove-extra-subjects', type: 'bool', help: 'Take out whom the manifest does not bind' },
  ],
  *run(invocation) {
    const { flags, args, process, streams } = invocation;
    if (args.length > 0) throw invocation.usageError(`unexpected arguments: ${args.join(' ')}`);
    if (!givesFiles(flags)) throw new CommandError('must specify one of -f and -k');
    const { objects, errors: unread } = yield* readManifests(process, streams, flags);
    const report = new Report(invocation);
    const errors: Error[] = [...unread];
    for (const manifest of objects)
      yield* collect(invocation, errors, () => reconcileOne(invocation, report, manifest));
    throwCollected(errors);
    return 0;
  },
};

function reconcileOne(invocation: Invocation, report: Report, manifest: ManifestObject): void {
  const { resource, namespace, name } = locate(invocation, manifest);
  // Other kinds are nothing to this command.
  if (resource.group !== 'rbac.authorization.k8s.io') return;
  const wanted = manifest.object;
  const live = existing(() => invocation.of(resource).get(name, namespace));
  const { operation, object, lines } = wanted.kind.endsWith('Binding')
    ? reconcileBinding(invocation, live, wanted)
    : reconcileRole(invocation, live, wanted);
  let result = object;
  if (invocation.dryRun !== 'client' && operation !== undefined) {
    const client = invocation.of(resource);
    if (operation === 'recreate') client.delete(name, namespace, {});
    result =
      operation === 'update'
        ? client.update(object, invocation.writeOptions())
        : client.create(placed(object, namespace), invocation.writeOptions());
  }
  report.done(result, 'reconciled');
  for (const line of lines) invocation.streams.err(`${line}\n`);
}

function placed(object: Unstructured, namespace: string | undefined): Unstructured {
  return namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } };
}

function existing(get: () => Unstructured): Unstructured | undefined {
  try {
    return get();
  } catch (error) {
    if (isStatus(error, 'NotFound')) return undefined;
    throw error;
  }
}

function reconcileRole({ flags }: Invocation, live: Unstructured | undefined, wanted: Unstructured): Reconciliation {
  const rules = rulesOf(wanted);
  if (live === undefined) {
    return {
      operation: 'create',
      object: wanted,
      lines: told('create', [['missing rules added:', rules.map(ruleText)]]),
    };
  }
  const missing = uncovered(rulesOf(live), rules);
  const extra = flags.bool('remove-extra-permissions') ? uncovered(rules, rulesOf(live)) : [];
  const changed = missing.length + extra.length > 0;
  const kept = extra.length > 0 ? rules : [...rulesOf(live), ...missing];
  return {
    operation: changed ? 'update' : undefined,
    object: changed ? ({ ...live, rules: kept } as Unstructured) : live,
    lines: changed
      ? told('update', [
          ['missing rules added:', missing.map(ruleText)],
          ['extra rules removed:', extra.map(ruleText)],
        ])
      : [],
  };
}

function reconcileBinding({ flags }: Invocation, live: Unstructured | undefined, wanted: Unstructured): Reconciliation {
  const subjects = subjectsOf(wanted);
  if (live === undefined)
    return {
      operation: 'create',
      object: wanted,
      lines: told('create', [['missing subjects added:', subjects.map(subjectText)]]),
    };
  // What a binding refers to cannot be changed.
  if (!sameJson(live['roleRef'], wanted['roleRef'])) {
    return { operation: 'recreate', object: wanted, lines: told('recreate', []) };
  }
  const present = subjectsOf(live);
  const missing = subjects.filter((one) => !present.some((other) => sameJson(one, other)));
  const extra = flags.bool('remove-extra-subjects')
    ? present.filter((one) => !subjects.some((other) => sameJson(one, other)))
    : [];
  if (missing.length + extra.length === 0) return { operation: undefined, object: live, lines: [] };
  const kept = extra.length > 0 ? subjects : [...present, ...missing];
  return {
    operation: 'update',
    object: { ...live, subjects: kept } as Unstructured,
    lines: told('update', [
      ['missing subjects added:', missing.map(subjectText)],
      ['extra subjects removed:', extra.map(subjectText)],
    ]),
  };
}

function told(operation: string, parts: readonly (readonly [string, readonly string[]])[]): readonly string[] {
  const lines = parts.flatMap(([title, texts]) =>
    texts.length === 0 ? [] : [`\t${title}`, ...texts.map((text) => `\t\t${text}`)],
  );
  return [`\treconciliation required ${operation}`, ...lines];
}

function rulesOf(object: Unstructured): readonly PolicyRule[] {
  return (object['rules'] ?? []) as readonly PolicyRule[];
}

/** A user or group without a group of its own means RBAC's. */
function subjectsOf(object: Unstructured): readonly Subject[] {
  return ((object['subjects'] ?? []) as readonly Subject[]).map((subject) =>
    subject.kind === 'ServiceAccount' ? subject : { apiGroup: 'rbac.authorization.k8s.io', ...subject },
  );
}

/** One rule for each thing that is granted. */
function grants({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule) {
  const names = resourceNames.length === 0 ? [[]] : resourceNames.map((name) => [name]);
  const about: readonly Omit<PolicyRule, 'verbs'>[] = [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        names.map((one) => ({
          apiGroups: [group],
          resources: [resource],
          ...(one.length === 0 ? {} : { resourceNames: one }),
        })),
      ),
    ),
    ...nonResourceURLs.map((url) => ({ nonResourceURLs: [url] })),
  ];
  return about.flatMap((what) => verbs.map((verb) => ({ verbs: [verb], ...what })));
}

/** What `rules` grant and `by` does not, verbs about the same thing together. */
function uncovered(by: readonly PolicyRule[], rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const covering = by.flatMap(grants);
  const found: { verbs: string[]; what: Omit<PolicyRule, 'verbs'> }[] = [];
  for (const { verbs, ...what } of rules.flatMap(grants)) {
    if (covering.some((grant) => covers(grant, { verbs, ...what }))) continue;
    const same = found.find((one) => sameJson(one.what, what));
    if (same === undefined) found.push({ verbs: [...verbs], what });
    else same.verbs.push(...verbs);
  }
  return found.map(({ verbs, what }) => ({ verbs, ...what }));
}

function covers(grant: PolicyRule, one: PolicyRule): boolean {
  const matches = (field: 'verbs' | 'apiGroups' | 'resources') => {
    const [given] = grant[field] ?? [];
    return given === '*' || given === one[field]?.[0];
  };
  if (one.nonResourceURLs !== undefined) {
    const [given = ''] = grant.nonResourceURLs ?? [];
    const [url = ''] = one.nonResourceURLs;
    const within = given === url || (given.endsWith('*') && url.startsWith(given.slice(0, -1)));
    return given !== '' && within && matches('verbs');
  }
  const [name] = grant.resourceNames ?? [];
  return (
    grant.nonResourceURLs === undefined &&
    matches('verbs') &&
    matches('apiGroups') &&
    matches('resources') &&
    (name === undefined || name === one.resourceNames?.[0])
  );
}

/** As Go prints the two structures. */
function ruleText({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): string {
  const list = (words: readonly string[]) => `[${words.join(' ')}]`;
  return `{Verbs:${list(verbs)} APIGroups:${list(apiGroups)} Resources:${list(resources)} ResourceNames:${list(resourceNames)} NonResourceURLs:${list(nonResourceURLs)}}`;
}

function subjectText({ kind, apiGroup = '', name, namespace = '' }: Subject): string {
  return `{Kind:${kind} APIGroup:${apiGroup} Name:${name} Namespace:${namespace}}`;
}
