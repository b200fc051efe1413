import { ConfigurationError, checkShape } from '../../api/config-shape.ts';
import { sameValue } from '../../api/copy-on-write.ts';
import type { FieldError } from '../../api/field-error.ts';
import { duplicate, invalid, required } from '../../api/field-errors.ts';
import { ARGS_CHECKS } from './args-validation.ts';
import { INITIAL_BACKOFF_SECONDS, MAX_BACKOFF_SECONDS } from './configuration.ts';
import { validateExtenders } from './extenders.ts';
import type { ConfigurationFile, ProfileFile } from './file.ts';
import { ARGS_SHAPES } from './file-shape.ts';
import { defaultArgs } from './plugin-args.ts';
import { EXTENSION_POINTS } from './plugin-points.ts';

const API_VERSION = 'kubescheduler.config.k8s.io/v1';
/** Plugins of volumes in the tree, which are gone. */
const REMOVED = ['AzureDiskLimits', 'CinderLimits', 'EBSLimits', 'GCEPDLimits'];

/**
 * Everything that is wrong with the file, as sentences. After `apis/config/validation/validation.go`.
 *
 * @throws ConfigurationError when a plugin's arguments have the wrong structure.
 */
export function validateConfiguration(file: ConfigurationFile): readonly string[] {
  const errors: FieldError[] = [];
  const { leaderElection, parallelism = 16, profiles = [{}] } = file;
  if (leaderElection?.leaderElect !== false && (leaderElection?.resourceLock ?? 'leases') !== 'leases') {
    const { resourceLock } = leaderElection!;
    errors.push(invalid('leaderElection.resourceLock', resourceLock, 'resourceLock value must be "leases"'));
  }
  if (parallelism <= 0)
    errors.push(invalid('parallelism', parallelism, 'should be an integer value greater than zero'));
  if (profiles.length === 0) errors.push(required('profiles'));
  validateProfiles(errors, profiles);
  validatePercentage(errors, 'percentageOfNodesToScore', file.percentageOfNodesToScore);
  const {
    podInitialBackoffSeconds: initial = INITIAL_BACKOFF_SECONDS,
    podMaxBackoffSeconds: max = MAX_BACKOFF_SECONDS,
  } = file;
  if (initial <= 0) errors.push(invalid('podInitialBackoffSeconds', initial, 'must be greater than 0'));
  if (max < initial) {
    const detail = 'must be greater than or equal to PodInitialBackoffSeconds';
    errors.push(invalid('podMaxBackoffSeconds', max, detail));
  }
  validateExtenders(errors, file.extenders ?? []);
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

function validateProfiles(errors: FieldError[], profiles: readonly ProfileFile[]): void {
  const seen = new Map<string, number>();
  profiles.forEach((profile, index) => {
    const path = `profiles[${index}]`;
    const name = profile.schedulerName ?? (profiles.length === 1 ? undefined : '');
    if (name === '') errors.push(required(`${path}.schedulerName`));
    validatePercentage(errors, `${path}.percentageOfNodesToScore`, profile.percentageOfNodesToScore);
    validatePlugins(errors, path, profile);
    const earlier = name === undefined ? undefined : seen.get(name);
    if (earlier !== undefined) errors.push(duplicate(`${path}.schedulerName`, `profiles[${earlier}].schedulerName`));
    if (name !== undefined) seen.set(name, index);
    const queueSort = profile.plugins?.queueSort ?? {};
    if (!sameValue(queueSort, profiles[0]!.plugins?.queueSort ?? {})) {
      errors.push(invalid(`${path}.plugins.queueSort`, queueSort, 'must be the same for all profiles'));
    }
  });
  const sorters = profiles[0]?.plugins?.queueSort?.enabled?.length ?? 0;
  if (sorters > 1) {
    const detail = 'only one queue sort plugin can be enabled';
    errors.push(invalid('profiles[0].plugins.queueSort.Enabled', sorters, detail));
  }
}

function validatePercentage(errors: FieldError[], path: string, percentage: number | undefined): void {
  if (percentage !== undefined && (percentage < 0 || percentage > 100)) {
    errors.push(invalid(path, percentage, 'not in valid range [0-100]'));
  }
}

function validatePlugins(errors: FieldError[], path: string, { plugins = {}, pluginConfig = [] }: ProfileFile): void {
  for (const point of EXTENSION_POINTS) {
    plugins[point]?.enabled?.forEach(({ name }, index) => {
      if (REMOVED.includes(name)) errors.push(removed(`${path}.plugins.${point}.enabled[${index}]`, name));
    });
  }
  const seen = new Set<string>();
  pluginConfig.forEach(({ name = '', args = {} }, index) => {
    const at = `${path}.pluginConfig[${index}]`;
    if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
    if (REMOVED.includes(name)) errors.push(removed(at, name));
    else validateArgs(errors, `${at}.args`, name, args);
  });
}

function removed(path: string, name: string): FieldError {
  const detail = `was invalid in version "${API_VERSION}" (KubeSchedulerConfiguration is version "${API_VERSION}")`;
  return invalid(path, name, detail);
}

function validateArgs(
  errors: FieldError[],
  path: string,
  plugin: string,
  args: Readonly<Record<string, unknown>>,
): void {
  if (!Object.hasOwn(ARGS_SHAPES, plugin)) return;
  const kind = `${plugin}Args`;
  if (args['kind'] !== undefined && args['kind'] !== kind) {
    errors.push(invalid(path, args, 'has to match plugin args'));
    return;
  }
  const fields = { ...ARGS_SHAPES[plugin]!, apiVersion: 'string' as const, kind: 'string' as const };
  const unknown: string[] = [];
  checkShape(args, { fields }, kind, unknown);
  if (unknown.length > 0) {
    const list = unknown.map((field) => `unknown field "${field}"`).join(', ');
    throw new ConfigurationError(`decoding .${path}: strict decoding error: ${list}`);
  }
  ARGS_CHECKS[plugin]!(errors, path, defaultArgs(plugin, args) as never);
}
