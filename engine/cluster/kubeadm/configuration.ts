import { parseAllDocuments } from 'yaml';
import { Errno } from '../../linux/errno.ts';
import { klog } from '../../linux/programs/go/runtime.ts';
import { print } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { KubeadmError } from './command.ts';
import { CONFIGURATIONS, type FieldKind } from './configuration-fields.ts';

const GROUP = 'kubeadm.k8s.io';
const VERSION = 'v1beta4';
const DEPRECATED = 'v1beta3';
/** Of the components: they look into these themselves. */
const COMPONENT_GROUPS = ['kubelet.config.k8s.io', 'kubeproxy.config.k8s.io'];

type Values = Readonly<Record<string, unknown>>;

/** Documents of a file for `--config`. */
export interface ConfigurationFile {
  /** The fields of the document of a kind; undefined where there is none. */
  of(kind: string): Values | undefined;
  readonly kinds: readonly string[];
}

export interface ReadOptions {
  /** Whether fields that nobody knows are errors, and not only worth a warning. */
  readonly strict?: boolean;
  /** Whether older versions are read without a word. */
  readonly allowDeprecated?: boolean;
}

/**
 * Reads what a file for `--config` says, as `documentMapToInitConfiguration` and its kin of the real one do.
 *
 * @throws KubeadmError
 */
export function* readConfigurationFile(
  process: Process,
  path: string,
  options: ReadOptions = {},
): Task<ConfigurationFile> {
  const found = new Map<string, Values>();
  for (const values of documentsOf(process, path)) {
    const { apiVersion = '', kind = '' } = values as { readonly apiVersion?: string; readonly kind?: string };
    const [, group = '', version = ''] = /^(?:([^/]*)\/)?([^/]*)$/.exec(apiVersion) ?? [];
    if (kind === '' || version === '') {
      throw new KubeadmError(
        `invalid configuration for GroupVersionKind ${group}/${version}, Kind=${kind}: kind and apiVersion is mandatory information that must be specified`,
      );
    }
    if (found.has(kind)) {
      throw new KubeadmError(`invalid configuration: kind ${JSON.stringify(kind)} is specified twice in YAML file`);
    }
    if (group === GROUP) yield* checkDocument(process, values, { kind, version }, options);
    else if (!COMPONENT_GROUPS.includes(group)) {
      yield* print(
        process,
        `[config] WARNING: Ignored YAML document with GroupVersionKind ${apiVersion}, Kind=${kind}\n`,
      );
      continue;
    }
    found.set(kind, values);
  }
  return { of: (kind) => found.get(kind), kinds: [...found.keys()] };
}

/** @throws KubeadmError */
function documentsOf(process: Process, path: string): readonly Values[] {
  let text: string;
  try {
    text = process.readText(path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new KubeadmError(
      `unable to read config from ${JSON.stringify(path)}: open ${path}: ${error.message.toLowerCase()}`,
    );
  }
  return parseAllDocuments(text).flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) {
      throw new KubeadmError(`error converting YAML to JSON: yaml: ${problem.message.split('\n')[0]}`);
    }
    const values: unknown = document.toJS({ maxAliasCount: 0 });
    if (values === null) return [];
    if (typeof values === 'object' && !Array.isArray(values)) return [values as Values];
    throw new KubeadmError(
      'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into Go value of type map',
    );
  });
}

/** @throws KubeadmError */
function* checkDocument(
  process: Process,
  values: Values,
  { kind, version }: { readonly kind: string; readonly version: string },
  { strict = false, allowDeprecated = false }: ReadOptions,
): Task<void> {
  const spec = `API spec: "${GROUP}/${version}" (kind: ${JSON.stringify(kind)})`;
  const migrate = `'kubeadm config migrate --old-config old-config-file --new-config new-config-file', which will write the new, similar spec using a newer API version.`;
  if (/^v1(alpha\d|beta[12])$/.test(version))
    throw new KubeadmError(
      `your configuration file uses an old ${spec}. Please use an older version of kubeadm and run ${migrate}`,
    );
  const schema = CONFIGURATIONS[kind];
  if (schema === undefined || (version !== VERSION && version !== DEPRECATED)) {
    throw new KubeadmError(
      `no kind ${JSON.stringify(kind)} is registered for version "${GROUP}/${version}" in scheme "k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm/scheme/scheme.go"`,
    );
  }
  if (version === DEPRECATED) {
    if (!allowDeprecated)
      yield* klog(
        process,
        'W',
        'common.go:101',
        `your configuration file uses a deprecated ${spec}. Please use ${migrate}`,
      );
    return;
  }
  const { apiVersion: _, kind: __, ...rest } = values;
  const { unknown, wrong } = problemsOf(rest, schema, kind);
  const about = `error unmarshaling configuration schema.GroupVersionKind{Group:"${GROUP}", Version:"${version}", Kind:${JSON.stringify(kind)}}`;
  if (wrong !== undefined) throw new KubeadmError(`${about}: ${wrong}`);
  if (unknown.length === 0) return;
  const problem = `${about}: strict decoding error: ${unknown.map((name) => `unknown field ${JSON.stringify(name)}`).join(', ')}`;
  if (strict) throw new KubeadmError(problem);
  yield* klog(process, 'W', 'initconfiguration.go:332', problem);
}

interface Problems {
  /** Fields that there are not. */
  readonly unknown: readonly string[];
  /** The first that holds what it may not. */
  readonly wrong: string | undefined;
}

function problemsOf(value: unknown, kind: FieldKind, owner: string, path = ''): Problems {
  const none: Problems = { unknown: [], wrong: undefined };
  if (kind === 'any' || value === null || value === undefined) return none;
  const wrong = (expected: string): Problems => {
    const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return {
      unknown: [],
      wrong: `json: cannot unmarshal ${found} into Go struct field ${owner}.${path} of type ${expected}`,
    };
  };
  if (typeof kind === 'string') return typeof value === kind ? none : wrong(GO_TYPES[kind] ?? kind);
  if (isList(kind)) {
    if (!Array.isArray(value)) return wrong('[]string');
    return all(value.map((each, index) => problemsOf(each, kind[0], owner, `${path}[${index}]`)));
  }
  if (typeof value !== 'object' || Array.isArray(value)) return wrong('map');
  return all(
    Object.entries(value).map(([name, each]) => {
      const at = path === '' ? name : `${path}.${name}`;
      const own = Object.hasOwn(kind, name) ? kind[name] : undefined;
      return own === undefined ? { unknown: [at], wrong: undefined } : problemsOf(each, own, owner, at);
    }),
  );
}

const GO_TYPES: Readonly<Record<string, string>> = { boolean: 'bool', number: 'int32' };

function isList(kind: FieldKind): kind is readonly [FieldKind] {
  return Array.isArray(kind);
}

function all(problems: readonly Problems[]): Problems {
  return {
    unknown: problems.flatMap(({ unknown }) => unknown),
    wrong: problems.find(({ wrong }) => wrong !== undefined)?.wrong,
  };
}

/** A field of fields, `discovery.bootstrapToken.token`; undefined where there is none. */
export function valueAt(values: Values | undefined, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? (value as Values)[name] : undefined),
      values,
    );
}

export function textAt(values: Values | undefined, path: string): string {
  const value = valueAt(values, path);
  return value === undefined || value === null ? '' : String(value);
}

export function textsAt(values: Values | undefined, path: string): readonly string[] {
  const value = valueAt(values, path);
  return Array.isArray(value) ? value.map(String) : [];
}
