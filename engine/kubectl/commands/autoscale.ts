import { StatusError } from '../../api/status-error.ts';
import { RECORD_FLAG } from '../change-cause.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import { apiVersionOf } from '../discovery.ts';
import { createObject, GENERATOR_FLAGS, generatedNamespace } from '../generator.ts';
import { FILE_FLAGS, fieldManagerFlag } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { Report } from '../output/report.ts';
import { collect, type Found, findObjects } from '../resource-finder.ts';
import type { Unstructured } from '../unstructured.ts';

export const autoscale: Command = {
  name: 'autoscale',
  summary: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  section: 'Deploy Commands',
  usage: 'autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]',
  examples: ['kubectl autoscale deployment web --min=2 --max=10 --cpu=80%'],
  operand: 'resource',
  requiredFlags: ['max'],
  flags: [
    ...FILE_FLAGS,
    ...GENERATOR_FLAGS.filter(({ name }) => name !== 'field-manager' && name !== 'validate'),
    fieldManagerFlag('kubectl-autoscale'),
    { name: 'min', type: 'int', default: '-1', help: 'The least number of Pods' },
    { name: 'max', type: 'int', default: '-1', help: 'The greatest number of Pods' },
    { name: 'cpu', type: 'string', help: 'What to aim at: 80% of what is requested, or 500m' },
    { name: 'memory', type: 'string', help: 'What to aim at: 80% of what is requested, or 200Mi' },
    {
      name: 'cpu-percent',
      type: 'int',
      default: '-1',
      help: 'The old form of --cpu',
      hidden: true,
      deprecated:
        "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
    },
    RECORD_FLAG,
    { name: 'name', type: 'string', help: "The autoscaler's name; that of the object unless told" },
  ],
  *run(invocation) {
    const { flags } = invocation;
    const [least, most] = [flags.int('min'), flags.int('max')];
    if (most < 1) throw new CommandError(`--max=MAXPODS is required and must be at least 1, max: ${most}`);
    if (most < least) {
      throw new CommandError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${most}, min: ${least}`);
    }
    const { found, errors: missing } = yield* findObjects(invocation);
    const report = new Report(invocation, true);
    const errors: Error[] = [...missing];
    for (const one of found) {
      yield* collect(invocation, errors, () => {
        const autoscaler = autoscalerFor(invocation, one);
        const namespace = generatedNamespace(invocation, one.namespace);
        report.done(createAutoscaler(invocation, autoscaler, namespace), 'autoscaled');
      });
    }
    throwCollected(errors);
    return 0;
  },
};

/** Where v2 is refused kubectl tries v1, which has no words for an autoscaler without a target. */
function createAutoscaler(invocation: Invocation, autoscaler: Unstructured, namespace: string | undefined) {
  try {
    return createObject(invocation, autoscaler, namespace);
  } catch (error) {
    const { flags } = invocation;
    const targeted = flags.string('cpu') !== '' || flags.int('cpu-percent') > 0;
    if (!(error instanceof StatusError) || targeted) throw error;
    throw new CommandError(
      'failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: empty input',
    );
  }
}

function autoscalerFor({ flags }: Invocation, { resource, name }: Found): Unstructured {
  const apiVersion = apiVersionOf(resource);
  if (!resource.subresources.includes('scale')) {
    throw new CommandError(
      `cannot autoscale a ${resource.kind}: could not find scale subresource for ${apiVersion}, Resource=${resource.plural} in discovery information`,
    );
  }
  const cpu = flags.string('cpu') || (flags.int('cpu-percent') > 0 ? `${flags.int('cpu-percent')}%` : '');
  const metrics = [...metricFor('cpu', cpu), ...metricFor('memory', flags.string('memory'))];
  const object = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: flags.string('name') || name },
    spec: {
      maxReplicas: flags.int('max'),
      ...(metrics.length === 0 ? {} : { metrics }),
      ...(flags.int('min') > 0 ? { minReplicas: flags.int('min') } : {}),
      scaleTargetRef: { apiVersion, kind: resource.kind, name },
    },
    status: { currentMetrics: null, desiredReplicas: 0 },
  };
  return object as unknown as Unstructured;
}

function metricFor(name: string, aim: string): readonly unknown[] {
  if (aim === '') return [];
  if (!aim.endsWith('%')) return [resourceMetric(name, { averageValue: aim, type: 'AverageValue' })];
  const percent = aim.slice(0, -1);
  if (!/^\d+$/.test(percent)) throw new CommandError(`invalid percentage value: ${percent}`);
  return [resourceMetric(name, { averageUtilization: Number(percent), type: 'Utilization' })];
}

function resourceMetric(name: string, target: unknown): unknown {
  return { resource: { name, target }, type: 'Resource' };
}
