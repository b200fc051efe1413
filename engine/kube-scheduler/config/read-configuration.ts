import { parse } from 'yaml';
import { ConfigurationError, checkShape } from '../../api/config-shape.ts';
import { type FeatureGates, NO_FEATURES } from '../../api/feature-gates.ts';
import {
  DEFAULT_SCHEDULER_NAME,
  INITIAL_BACKOFF_SECONDS,
  MAX_BACKOFF_SECONDS,
  type SchedulerConfiguration,
} from './configuration.ts';
import { ignoredResources, readExtender } from './extenders.ts';
import type { ConfigurationFile, ProfileFile } from './file.ts';
import { CONFIGURATION_SHAPE } from './file-shape.ts';
import { pluginPoints } from './plugin-sets.ts';
import { validateConfiguration } from './validation.ts';

const API_VERSION = 'kubescheduler.config.k8s.io/v1';
const KIND = 'KubeSchedulerConfiguration';
const MAX_LENGTH = 1024 * 1024;

/**
 * Reads the file that `kube-scheduler --config` names.
 * https://kubernetes.io/docs/reference/scheduling/config/
 *
 * @throws ConfigurationError in the words of the real kube-scheduler.
 */
export function readConfiguration(text: string, gates: FeatureGates = NO_FEATURES): SchedulerConfiguration {
  const file = decode(text);
  const errors = validateConfiguration(file);
  if (errors.length > 0) throw new ConfigurationError(errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`);
  const { percentageOfNodesToScore = 0, podInitialBackoffSeconds, podMaxBackoffSeconds } = file;
  const profiles = file.profiles ?? [{}];
  const ignored = ignoredResources(file);
  return {
    profiles: profiles.map((profile) => ({
      // A single profile without a name is the default one.
      schedulerName: profile.schedulerName ?? DEFAULT_SCHEDULER_NAME,
      percentageOfNodesToScore: profile.percentageOfNodesToScore ?? percentageOfNodesToScore,
      points: pluginPoints(profile.plugins ?? {}, gates),
      pluginConfig: pluginConfigOf(profile, ignored),
    })),
    extenders: (file.extenders ?? []).map(readExtender),
    podInitialBackoffSeconds: podInitialBackoffSeconds ?? INITIAL_BACKOFF_SECONDS,
    podMaxBackoffSeconds: podMaxBackoffSeconds ?? MAX_BACKOFF_SECONDS,
    leaderElect: file.leaderElection?.leaderElect,
  };
}

/** @param ignored what extenders answer for; it takes the place of what NodeResourcesFit is told to ignore */
function pluginConfigOf({ pluginConfig = [] }: ProfileFile, ignored: readonly string[]) {
  const byPlugin = new Map(pluginConfig.map(({ name = '', args = {} }) => [name, args]));
  if (ignored.length > 0) {
    byPlugin.set('NodeResourcesFit', { ...byPlugin.get('NodeResourcesFit'), ignoredResources: ignored });
  }
  return byPlugin;
}

function decode(text: string): ConfigurationFile {
  if (text.length > MAX_LENGTH) throw new ConfigurationError(`the file is too large (${text.length} characters)`);
  const value = parseYaml(text);
  const { apiVersion, kind } = (isObject(value) ? value : {}) as { apiVersion?: unknown; kind?: unknown };
  if (typeof kind !== 'string' || kind === '')
    throw new ConfigurationError("Object 'Kind' is missing in the configuration");
  if (apiVersion !== API_VERSION || kind !== KIND) {
    const where = 'scheme "k8s.io/kubernetes/pkg/scheduler/apis/config/scheme/scheme.go:30"';
    throw new ConfigurationError(`no kind "${kind}" is registered for version "${String(apiVersion)}" in ${where}`);
  }
  const unknown: string[] = [];
  checkShape(value, CONFIGURATION_SHAPE, KIND, unknown);
  if (unknown.length > 0) {
    const fields = unknown.map((field) => `unknown field "${field}"`).join(', ');
    throw new ConfigurationError(`strict decoding error: ${fields}`);
  }
  return value as ConfigurationFile;
}

function parseYaml(text: string): unknown {
  try {
    return withoutNulls(parse(text, { version: '1.1', merge: true, maxAliasCount: 100 }));
  } catch (error) {
    // Besides syntax errors: too many aliases, or nesting too deep to follow.
    throw new ConfigurationError(`error converting YAML to JSON: yaml: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** `null` means that a field is not set. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value ?? undefined;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutNulls(item)]));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
