import type { Status } from '../../api/status-error.ts';
import type { DeleteOptions } from '../../client/client.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, isStatus, throwCollected, withSource } from '../command-error.ts';
import { CASCADE_FLAG, propagationPolicy, requestDeletion } from '../deletion.ts';
import { type ApiResource, kindName } from '../discovery.ts';
import type { Flags } from '../flag.ts';
import { ALL_NAMESPACES_FLAG, DRY_RUN_FLAG, FIELD_SELECTOR_FLAG, FILE_FLAGS, SELECTOR_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { givesFiles, readManifests } from '../manifest-files.ts';
import { rawFlag, sendRaw } from '../raw-request.ts';
import { parseResourceArgs } from '../resource-args.ts';
import { checkNamed, collect, collectTask, findObjects, locate } from '../resource-finder.ts';
import type { Unstructured } from '../unstructured.ts';
import { waitUntilGone } from '../wait-deletion.ts';

interface Victim {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly source?: string;
}

export const deleteCommand: Command = {
  name: 'delete',
  suggestedFor: ['rm'],
  summary: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  section: 'Basic Commands (Intermediate)',
  usage: 'delete ([-f FILENAME] | TYPE [(NAME | -l label | --all)]) [flags]',
  examples: ['kubectl delete pod web', 'kubectl delete -f web.yaml', 'kubectl delete pods -l app=web'],
  operand: 'resource',
  flags: [
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    DRY_RUN_FLAG,
    { name: 'all', type: 'bool', help: 'All objects of the type in the namespace' },
    CASCADE_FLAG,
    { name: 'force', type: 'bool', help: 'Take the object out of the API at once, without waiting for its end' },
    { name: 'grace-period', type: 'int', default: '-1', help: 'Seconds that the object gets to end' },
    { name: 'now', type: 'bool', help: 'Like --grace-period=1' },
    { name: 'ignore-not-found', type: 'bool', help: 'An object that does not exist counts as deleted' },
    {
      name: 'timeout',
      type: 'duration',
      default: '0s',
      help: 'How long to wait for the end; 0 means as long as it takes',
    },
    { name: 'wait', type: 'bool', default: 'true', help: 'Wait until the objects are gone' },
    rawFlag('DELETE'),
    { name: 'interactive', short: 'i', type: 'bool', help: 'Ask before anything is deleted' },
    { name: 'output', short: 'o', type: 'string', help: '"name" prints only the names', values: ['name'] },
  ],
  *run(invocation) {
    const { flags, streams } = invocation;
    if (flags.string('raw') !== '') return yield* sendRaw(invocation, 'DELETE');
    const gracePeriod = gracePeriodOf(invocation);
    checkDeletion(flags);
    if (flags.bool('force') && gracePeriod === 0) {
      streams.err(
        'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. ' +
          'The resource may continue to run on the cluster indefinitely.\n',
      );
    }
    const options = deleteOptions(invocation, gracePeriod);
    const errors: Error[] = [];
    const victims = yield* findVictims(invocation, errors);
    if (flags.bool('interactive') && victims.length > 0 && !(yield* confirmed(invocation, victims))) {
      streams.out('deletion is cancelled\n');
      return 0;
    }
    const deleted: { victim: Victim; uid: string }[] = [];
    for (const victim of victims) {
      yield* collect(invocation, errors, () => {
        const uid = deleteOne(invocation, victim, options, gracePeriod);
        if (uid !== undefined) deleted.push({ victim, uid });
      });
    }
    if (victims.length === 0 && errors.length === 0) streams.out('No resources found\n');
    if (flags.bool('wait') && invocation.dryRun === 'none') yield* waitForAll(invocation, deleted, errors);
    throwCollected(errors);
    return 0;
  },
};

/** Whether the user wants them gone: only `y` means yes. */
function* confirmed({ streams }: Invocation, victims: readonly Victim[]): Task<boolean> {
  const list = victims.map(({ resource, name }) => `${kindName(resource)}/${name}\n`).join('');
  streams.out(`You are about to delete the following ${victims.length} resource(s):\n${list}`);
  streams.out('Do you want to continue? (y/N): ');
  const answer = yield* streams.readLine();
  return answer.trim().toLowerCase() === 'y';
}

function* waitForAll(
  invocation: Invocation,
  deleted: readonly { victim: Victim; uid: string }[],
  errors: Error[],
): Task<void> {
  const timeoutMs = invocation.flags.duration('timeout');
  const deadlineMs = timeoutMs > 0 ? invocation.now() + timeoutMs : Number.POSITIVE_INFINITY;
  for (const { victim, uid } of deleted) {
    yield* collectTask(errors, waitUntilGone(invocation, victim, uid, deadlineMs));
  }
}

/** @throws CommandError for flags that do not go together */
function checkDeletion(flags: Flags): void {
  if (flags.bool('all') && flags.string('selector') !== '') {
    throw new CommandError("setting 'all' parameter but found a non empty selector. ");
  }
  const output = flags.string('output');
  if (output !== '' && output !== 'name') {
    throw new CommandError(`unexpected -o output mode: ${output}. We only support '-o name'`);
  }
}

function gracePeriodOf({ flags }: Invocation): number | undefined {
  const asked = flags.int('grace-period');
  if (flags.bool('now') && asked !== -1) {
    throw new CommandError('--now and --grace-period cannot be specified together');
  }
  const given = flags.bool('now') ? 1 : asked;
  if (given === 0 && !flags.bool('force')) return 1;
  if (flags.bool('force')) {
    if (given > 0) throw new CommandError('--force and --grace-period greater than 0 cannot be specified together');
    return 0;
  }
  return given < 0 ? undefined : given;
}

function deleteOptions({ flags }: Invocation, gracePeriodSeconds: number | undefined): DeleteOptions {
  return {
    propagationPolicy: propagationPolicy(flags.string('cascade')),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
  };
}

/** What to delete. Objects named one by one are not fetched first: that they exist is for the server to say. */
function* findVictims(invocation: Invocation, errors: Error[]): Task<readonly Victim[]> {
  const { flags, args, discovery } = invocation;
  if (givesFiles(flags)) {
    const manifests = yield* readManifests(invocation.process, invocation.streams, flags);
    errors.push(...manifests.errors);
    const victims: Victim[] = [];
    for (const manifest of manifests.objects)
      yield* collect(invocation, errors, () => victims.push(locate(invocation, manifest)));
    return victims;
  }
  if (args.length === 0 || (args.length === 1 && !args[0]!.includes('/'))) {
    const { found } = yield* findObjects(invocation);
    return found;
  }
  return parseResourceArgs(discovery, args).flatMap(({ resource, names = [] }) => {
    checkNamed(invocation, resource);
    const namespace = resource.namespaced ? invocation.namespace : undefined;
    return names.map((name) => ({ resource, namespace, name }));
  });
}

/** Deletes and says so; returns the uid of what is going, if it is known. */
function deleteOne(
  invocation: Invocation,
  { resource, namespace, name, source }: Victim,
  options: DeleteOptions,
  gracePeriod: number | undefined,
): string | undefined {
  let uid: string | undefined;
  if (invocation.dryRun !== 'client') {
    try {
      uid = deletedUid(requestDeletion(invocation, { resource, namespace, name }, options) as Unstructured | Status);
    } catch (error) {
      if (isStatus(error, 'NotFound') && invocation.flags.bool('ignore-not-found')) return undefined;
      throw error instanceof Error && source !== undefined ? withSource(error, 'deleting', source) : error;
    }
  }
  invocation.streams.out(deletedText(invocation, resource, name, namespace, gracePeriod));
  return uid;
}

function deletedUid(body: Unstructured | Status): string | undefined {
  return 'details' in body ? ((body as Status).details?.uid ?? '') : ((body as Unstructured).metadata?.uid ?? '');
}

function deletedText(
  invocation: Invocation,
  resource: ApiResource,
  name: string,
  namespace: string | undefined,
  gracePeriod: number | undefined,
): string {
  const kind = kindName(resource);
  if (invocation.flags.string('output') === 'name') return `${kind}/${name}\n`;
  const operation = `${gracePeriod === 0 ? 'force deleted' : 'deleted'}`;
  const where = namespace === undefined ? '' : ` from ${namespace} namespace`;
  return `${kind} ${JSON.stringify(name)} ${operation}${where}${invocation.dryRunSuffix}\n`;
}
