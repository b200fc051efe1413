import type { FlagSpec } from '../kubectl/flag.ts';

/** The flags that every command takes. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { name: 'namespace', short: 'n', type: 'string', help: 'namespace scope for this request' },
  { name: 'kubeconfig', type: 'string', help: 'path to the kubeconfig file' },
  { name: 'kube-context', type: 'string', help: 'name of the kubeconfig context to use' },
  { name: 'kube-apiserver', type: 'string', help: 'the address and the port for the Kubernetes API server' },
  { name: 'kube-token', type: 'string', help: 'bearer token used for authentication' },
  { name: 'kube-as-user', type: 'string', help: 'username to impersonate for the operation' },
  { name: 'kube-as-group', type: 'stringArray', help: 'group to impersonate for the operation' },
  { name: 'debug', type: 'bool', help: 'enable verbose output' },
  { name: 'help', short: 'h', type: 'bool', help: 'show help for the command' },
];

/** helm's flags for the cluster, by kubectl's names for them. */
export const KUBECTL_NAMES: readonly (readonly [helm: string, kubectl: string])[] = [
  ['kubeconfig', 'kubeconfig'],
  ['kube-context', 'context'],
  ['kube-apiserver', 'server'],
  ['kube-token', 'token'],
  ['kube-as-user', 'as'],
  ['kube-as-group', 'as-group'],
];

export const OUTPUT_FLAG: FlagSpec = {
  name: 'output',
  short: 'o',
  type: 'string',
  default: 'table',
  help: 'prints the output in the specified format: table, json or yaml',
  values: ['table', 'json', 'yaml'],
};

/** How values are given. */
export const VALUES_FLAGS: readonly FlagSpec[] = [
  { name: 'values', short: 'f', type: 'stringSlice', help: 'specify values in a YAML file (can specify multiple)' },
  { name: 'set', type: 'stringArray', help: 'set values on the command line: key1=val1,key2=val2' },
  { name: 'set-string', type: 'stringArray', help: 'set STRING values on the command line: key1=val1,key2=val2' },
  { name: 'set-json', type: 'stringArray', help: 'set JSON values on the command line: key1=jsonval1' },
  { name: 'set-file', type: 'stringArray', help: 'set values from files: key1=path1,key2=path2' },
  { name: 'set-literal', type: 'stringArray', help: 'set a literal STRING value on the command line' },
];

/** Where a chart comes from. */
export const CHART_FLAGS: readonly FlagSpec[] = [
  { name: 'version', type: 'string', help: 'a version constraint for the chart version; the latest if not given' },
  { name: 'repo', type: 'string', help: 'chart repository url where to locate the requested chart' },
  { name: 'devel', type: 'bool', help: 'use development versions, too' },
];

export const WAIT_FLAGS: readonly FlagSpec[] = [
  {
    name: 'wait',
    type: 'bool',
    help: 'wait until all resources are in a ready state before the release is marked as successful',
  },
  { name: 'wait-for-jobs', type: 'bool', help: 'with --wait: wait until all Jobs have been completed, too' },
  { name: 'timeout', type: 'duration', default: '5m0s', help: 'time to wait for any individual Kubernetes operation' },
  { name: 'no-hooks', type: 'bool', help: 'prevent hooks from running' },
];

export const REVISION_FLAG: FlagSpec = { name: 'revision', type: 'int', default: '0', help: 'the release revision' };
