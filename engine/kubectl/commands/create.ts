import { parseLabelSelector } from '../../api/label-selector.ts';
import type { Task } from '../../sim/index.ts';
import { RECORD_FLAG } from '../change-cause.ts';
import type { Command } from '../command.ts';
import { CommandError, isExpected, throwCollected, withSource } from '../command-error.ts';
import { editObject } from '../editing.ts';
import type { FlagSpec } from '../flag.ts';
import { createObject, GENERATOR_FLAGS, generate, oneName } from '../generator.ts';
import { FILE_FLAGS, SELECTOR_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { givesFiles, type ManifestObject, readManifests } from '../manifest-files.ts';
import { requireSchema, validates } from '../manifest-validation.ts';
import { objectName } from '../output/object-printer.ts';
import { Report } from '../output/report.ts';
import { rawFlag, sendRaw } from '../raw-request.ts';
import { collect, locate } from '../resource-finder.ts';
import { type Unstructured, withField } from '../unstructured.ts';
import { createConfigMap } from './create-configmap.ts';
import { createCronJob } from './create-cronjob.ts';
import { createDeployment } from './create-deployment.ts';
import { createIngress } from './create-ingress.ts';
import { createJob } from './create-job.ts';
import { createPodDisruptionBudget } from './create-pdb.ts';
import { createPriorityClass } from './create-priorityclass.ts';
import { createQuota } from './create-quota.ts';
import { createClusterRole, createRole } from './create-role.ts';
import { createClusterRoleBinding, createRoleBinding } from './create-rolebinding.ts';
import { createSecret } from './create-secret.ts';
import { createService } from './create-service.ts';
import { createToken } from './create-token.ts';
import { LINE_ENDINGS_FLAG } from './edit.ts';

const EDIT_FLAG: FlagSpec = { name: 'edit', type: 'bool', help: 'Edit what is read before it is created' };

export const create: Command = {
  name: 'create',
  summary: 'Create a resource from a file or from stdin',
  section: 'Basic Commands (Beginner)',
  usage: 'create -f FILENAME',
  examples: ['kubectl create -f pod.yaml', 'kubectl create deployment web --image=nginx'],
  flags: [RECORD_FLAG, ...FILE_FLAGS, ...GENERATOR_FLAGS, SELECTOR_FLAG, rawFlag('POST'), LINE_ENDINGS_FLAG, EDIT_FLAG],
  subcommands: [
    createClusterRole,
    createClusterRoleBinding,
    createConfigMap,
    createCronJob,
    createDeployment,
    createIngress,
    createJob,
    namedOnly('namespace', ['ns'], 'Create a namespace with the specified name', 'v1', 'Namespace'),
    createPodDisruptionBudget,
    createPriorityClass,
    createQuota,
    createRole,
    createRoleBinding,
    createSecret,
    createService,
    namedOnly('serviceaccount', ['sa'], 'Create a service account with the specified name', 'v1', 'ServiceAccount'),
    createToken,
  ],
  operand: 'none',
  *run(invocation) {
    const { flags, args, process, streams } = invocation;
    if (flags.string('raw') !== '' && givesFiles(flags)) return yield* sendRaw(invocation, 'POST');
    if (!givesFiles(flags)) {
      if (args.length > 0) throw invocation.usageError(`Unexpected args: [${args.join(' ')}]`);
      throw new CommandError('must specify one of -f and -k');
    }
    if (args.length > 0) throw invocation.usageError(`Unexpected args: [${args.join(' ')}]`);
    const manifests = yield* readManifests(process, streams, flags, validates(invocation));
    requireSchema(invocation, manifests);
    const selector = parseLabelSelector(flags.string('selector'));
    const selected = manifests.objects.filter(({ object }) => selector.matches(object.metadata?.labels ?? {}));
    if (selected.length === 0 && manifests.errors.length === 0) {
      throw new CommandError('no objects passed to create');
    }
    const report = new Report(invocation);
    if (flags.bool('edit')) {
      throwCollected(manifests.errors);
      return yield* createEdited(invocation, selected);
    }
    const errors: Error[] = [];
    for (const manifest of selected) {
      yield* collect(invocation, errors, () => {
        const { namespace } = locate(invocation, manifest);
        try {
          report.done(createObject(invocation, manifest.object, namespace), 'created');
        } catch (error) {
          throw error instanceof Error ? withSource(error, 'creating', manifest.source) : error;
        }
      });
    }
    throwCollected([...errors, ...manifests.errors]);
    return 0;
  },
};

/**
 * `--edit`: each object goes through the editor first, and one that the server refuses is the end. Dry runs do not reach
 * as far as here.
 */
function* createEdited(invocation: Invocation, manifests: readonly ManifestObject[]): Task<number> {
  for (const manifest of manifests) {
    const { resource, namespace } = locate(invocation, manifest);
    const shown =
      namespace === undefined ? manifest.object : withField(manifest.object, ['metadata', 'namespace'], namespace);
    yield* editObject(invocation, shown, (edited) => {
      try {
        const options = { ...invocation.writeOptions(), dryRun: false };
        const created = invocation.create(resource, edited as unknown as Unstructured, options);
        invocation.streams.out(`${objectName(created)} created\n`);
        return undefined;
      } catch (error) {
        if (!isExpected(error)) throw error;
        return { stderr: '', comment: '', fatal: error };
      }
    });
  }
  return 0;
}

/** A generator of an object that is nothing but a name. */
function namedOnly(
  name: string,
  aliases: readonly string[],
  summary: string,
  apiVersion: string,
  kind: string,
): Command {
  return {
    name,
    aliases,
    summary,
    usage: `create ${name} NAME [flags]`,
    flags: GENERATOR_FLAGS,
    operand: 'none',
    *run(invocation) {
      const metadata = { name: oneName(invocation) } as Unstructured['metadata'];
      const empty = kind === 'Namespace' ? { spec: {}, status: {} } : {};
      const failure = kind === 'Namespace' ? undefined : 'failed to create serviceaccount: ';
      return yield* generate(invocation, { apiVersion, kind, metadata, ...empty }, failure);
    },
  };
}
