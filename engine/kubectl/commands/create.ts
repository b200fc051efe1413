import type { Command } from '../command.ts';
import { CommandError, throwCollected, withSource } from '../command-error.ts';
import { createObject, GENERATOR_FLAGS, generate, oneName } from '../generator.ts';
import { FILE_FLAGS } from '../global-flags.ts';
import { givesFiles, readManifests } from '../manifest-files.ts';
import { requireSchema, validates } from '../manifest-validation.ts';
import { Report } from '../output/report.ts';
import { collect, locate } from '../resource-finder.ts';
import type { Unstructured } from '../unstructured.ts';
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

export const create: Command = {
  name: 'create',
  summary: 'Create a resource from a file or from stdin',
  section: 'Basic Commands (Beginner)',
  usage: 'create -f FILENAME',
  examples: ['kubectl create -f pod.yaml', 'kubectl create deployment web --image=nginx'],
  flags: [...FILE_FLAGS, ...GENERATOR_FLAGS, { name: 'edit', type: 'bool', help: 'Not served here', hidden: true }],
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
    if (!givesFiles(flags)) {
      if (args.length > 0) throw invocation.usageError(`Unexpected args: [${args.join(' ')}]`);
      throw new CommandError('must specify one of -f and -k');
    }
    if (args.length > 0) throw invocation.usageError(`Unexpected args: [${args.join(' ')}]`);
    const manifests = yield* readManifests(process, streams, flags, validates(invocation));
    requireSchema(invocation, manifests);
    if (manifests.objects.length === 0 && manifests.errors.length === 0) {
      throw new CommandError('no objects passed to create');
    }
    const report = new Report(invocation);
    const errors: Error[] = [];
    for (const manifest of manifests.objects) {
      collect(errors, () => {
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
