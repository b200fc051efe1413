import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import { CommandError } from '../command-error.ts';
import { isObject } from '../unstructured.ts';
import { ManifestError, readManifest } from '../yaml/yaml-reader.ts';

// https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/

type Texts = Readonly<Record<string, string>>;

export interface Generator {
  readonly name: string;
  readonly namespace?: string;
  readonly behavior?: string;
  readonly files?: readonly string[];
  readonly literals?: readonly string[];
  readonly envs?: readonly string[];
  readonly env?: string;
  readonly type?: string;
  readonly options?: GeneratorOptions;
}

export interface GeneratorOptions {
  readonly labels?: Texts;
  readonly annotations?: Texts;
  readonly disableNameSuffixHash?: boolean;
  readonly immutable?: boolean;
}

/** Which resources a patch is for; names and namespaces are regular expressions. */
export interface Target {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly annotationSelector?: string;
}

export interface Patch {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: Target;
  readonly options?: { readonly allowNameChange?: boolean; readonly allowKindChange?: boolean };
}

/** How a field is taken apart, and whether it is made where it is not. */
export interface FieldOptions {
  readonly delimiter?: string;
  readonly index?: number;
  readonly create?: boolean;
}

/** Where the value of a replacement goes. */
export interface ReplacementTarget {
  readonly select?: Target;
  readonly reject?: readonly Target[];
  readonly fieldPaths?: readonly string[];
  readonly options?: FieldOptions;
}

/** A field's value, or a text, for fields of others; or the file that says so. */
export interface Replacement {
  readonly path?: string;
  readonly source?: Target & { readonly fieldPath?: string; readonly options?: FieldOptions };
  readonly sourceValue?: string;
  readonly targets?: readonly ReplacementTarget[];
}

export interface LabelRule {
  readonly pairs?: Texts;
  readonly includeSelectors?: boolean;
  readonly includeTemplates?: boolean;
}

export interface Kustomization {
  readonly kind?: string;
  readonly resources?: readonly string[];
  readonly bases?: readonly string[];
  readonly components?: readonly string[];
  readonly namespace?: string;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly labels?: readonly LabelRule[];
  readonly commonLabels?: Texts;
  readonly commonAnnotations?: Texts;
  readonly images?: readonly {
    readonly name: string;
    readonly newName?: string;
    readonly newTag?: string;
    readonly digest?: string;
  }[];
  readonly replicas?: readonly { readonly name: string; readonly count: number }[];
  readonly patches?: readonly Patch[];
  readonly replacements?: readonly Replacement[];
  readonly patchesJson6902?: readonly Patch[];
  readonly patchesStrategicMerge?: readonly string[];
  readonly configMapGenerator?: readonly Generator[];
  readonly secretGenerator?: readonly Generator[];
  readonly generatorOptions?: GeneratorOptions;
  readonly sortOptions?: { readonly order?: string };
}

const FIELDS: ReadonlySet<string> = new Set(
  (
    'apiVersion kind metadata resources bases components namespace namePrefix nameSuffix labels commonLabels ' +
    'commonAnnotations images replicas replacements patches patchesJson6902 patchesStrategicMerge configMapGenerator secretGenerator ' +
    'generatorOptions buildMetadata sortOptions replacements'
  ).split(' '),
);

/** Fields that kustomize has and this does not: better an error than a result that is silently another. */
const NOT_SERVED: ReadonlySet<string> = new Set(
  'crds vars configurations generators transformers validators helmCharts helmGlobals helmChartInflationGenerator openapi'.split(
    ' ',
  ),
);

const DEPRECATED: Readonly<Record<string, string>> = {
  bases: 'resources',
  commonLabels: 'labels',
  patchesJson6902: 'patches',
  patchesStrategicMerge: 'patches',
};

const FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** The kustomization of a directory. @param warn is told of deprecated fields @throws CommandError */
export function readKustomization(process: Process, directory: string, warn: (line: string) => void): Kustomization {
  const present = FILE_NAMES.filter((name) => process.access(`${directory}/${name}`, 'exists'));
  const [file] = present;
  if (file === undefined) {
    throw new CommandError(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${directory}'`,
    );
  }
  if (present.length > 1) throw new CommandError(`Found multiple kustomization files under: ${directory}\n`);
  const value = parse(decode(process.readFile(`${directory}/${file}`)));
  if (value === null) throw new CommandError('kustomization.yaml is empty');
  if (!isObject(value))
    throw new CommandError('invalid Kustomization: json: cannot unmarshal into Go value of type types.Kustomization');
  for (const key of Object.keys(value)) {
    if (NOT_SERVED.has(key))
      throw new CommandError(`kustomization field ${JSON.stringify(key)} is not supported by this kubectl`);
    if (!FIELDS.has(key)) throw new CommandError(`invalid Kustomization: json: unknown field ${JSON.stringify(key)}`);
  }
  for (const [old, instead] of Object.entries(DEPRECATED)) {
    if (!(old in value)) continue;
    warn(
      `# Warning: '${old}' is deprecated. Please use '${instead}' instead. ` +
        "Run 'kustomize edit fix' to update your Kustomization automatically.\n",
    );
  }
  checkTypes(value);
  return value as Kustomization;
}

function parse(text: string): unknown {
  try {
    return readManifest(text);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    const reason = error.message.replace('error converting YAML to JSON: ', '');
    throw new CommandError(`invalid Kustomization: ${reason}`);
  }
}

const LISTS =
  'resources bases components labels images replicas patches patchesJson6902 patchesStrategicMerge configMapGenerator secretGenerator'.split(
    ' ',
  );

function checkTypes(value: Readonly<Record<string, unknown>>): void {
  const wrong = (field: string, is: unknown, type: string) =>
    new CommandError(
      `invalid Kustomization: json: cannot unmarshal ${Array.isArray(is) ? 'array' : isObject(is) ? 'object' : typeof is} ` +
        `into Go struct field Kustomization.${field} of type ${type}`,
    );
  for (const field of LISTS) {
    const is = value[field];
    if (is !== undefined && is !== null && !Array.isArray(is)) throw wrong(field, is, '[]string');
  }
  for (const field of ['namespace', 'namePrefix', 'nameSuffix']) {
    const is = value[field];
    if (is !== undefined && is !== null && typeof is !== 'string') throw wrong(field, is, 'string');
  }
  for (const field of ['resources', 'bases', 'components', 'patchesStrategicMerge']) {
    for (const is of (value[field] ?? []) as readonly unknown[]) {
      if (typeof is !== 'string') throw wrong(field, is, 'string');
    }
  }
}
