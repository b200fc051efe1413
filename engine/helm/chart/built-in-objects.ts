import { base64 } from '../../kubectl/key-sources.ts';
import { writeYaml } from '../../kubectl/yaml/yaml-writer.ts';
import { decode } from '../../linux/stdio.ts';
import type { Chart, ChartFile } from './chart.ts';
import { globPattern } from './helmignore.ts';

// https://helm.sh/docs/chart_template_guide/builtin_objects/

/** What a cluster can do, as `.Capabilities` tells. */
export interface Capabilities {
  /** `v1.36.2`. */
  readonly kubeVersion: string;
  /** `apps/v1`, and `apps/v1/Deployment`. */
  readonly apiVersions: ReadonlySet<string>;
}

type Method = (...args: readonly unknown[]) => unknown;

/** An object with methods that templates call but do not see when they range over it. */
function withMethods(fields: Readonly<Record<string, unknown>>, methods: Readonly<Record<string, Method>>): object {
  const hidden = Object.entries(methods).map(([name, value]) => [name, { value, enumerable: false }]);
  return Object.defineProperties({ ...fields }, Object.fromEntries(hidden));
}

/** `.Capabilities`. */
export function capabilitiesObject({ kubeVersion, apiVersions }: Capabilities, helmVersion: string): object {
  const [Major, Minor] = kubeVersion.replace(/^v/, '').split('.');
  return {
    KubeVersion: { Version: kubeVersion, GitVersion: kubeVersion, Major, Minor },
    APIVersions: withMethods({}, { Has: (version) => apiVersions.has(String(version)) }),
    HelmVersion: { Version: helmVersion, GitCommit: '', GitTreeState: 'clean', GoVersion: '' },
  };
}

/** `.Chart`: Chart.yaml with the names of Go's fields. */
export function chartObject({ metadata }: Chart, isRoot: boolean): object {
  const entries = Object.entries(metadata).map(([name, value]) => [
    name === 'apiVersion' ? 'APIVersion' : name.slice(0, 1).toUpperCase() + name.slice(1),
    value,
  ]);
  const absent = { AppVersion: '', Description: '', Type: '', KubeVersion: '', Home: '', Icon: '', Annotations: {} };
  return { ...absent, ...Object.fromEntries(entries), IsRoot: isRoot };
}

/** `.Files`: the files of a chart that are no templates. */
export function filesObject(files: readonly ChartFile[]): object {
  const contents = Object.fromEntries(files.map(({ name, data }) => [name, decode(data)]));
  const get = (name: unknown) => contents[String(name)] ?? '';
  const baseNames = (content: (file: ChartFile) => string) =>
    Object.fromEntries(files.map((file) => [file.name.slice(file.name.lastIndexOf('/') + 1), content(file)]));
  return withMethods(contents, {
    Get: get,
    GetBytes: get,
    Lines: (name) => get(name).split('\n'),
    Glob: (pattern) => {
      const expression = new RegExp(`^${globPattern(String(pattern))}$`);
      return filesObject(files.filter(({ name }) => expression.test(name)));
    },
    AsConfig: () => yamlText(baseNames(({ data }) => decode(data))),
    AsSecrets: () => yamlText(baseNames(({ data }) => base64(data))),
  });
}

function yamlText(value: Readonly<Record<string, string>>): string {
  return Object.keys(value).length === 0 ? '' : writeYaml(value).replace(/\n$/, '');
}
