import type { FlagSpec } from './flag.ts';

/** The flags that every command takes. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { name: 'namespace', short: 'n', type: 'string', help: 'Use this namespace for the request' },
  { name: 'kubeconfig', type: 'string', help: 'The configuration file to use' },
  { name: 'context', type: 'string', help: 'The kubeconfig context to use' },
  { name: 'cluster', type: 'string', help: 'The kubeconfig cluster to use' },
  { name: 'user', type: 'string', help: 'The kubeconfig user to use' },
  { name: 'server', short: 's', type: 'string', help: 'The address and port of the API server' },
  { name: 'token', type: 'string', help: 'A bearer token for the API server' },
  { name: 'as', type: 'string', help: 'A user to act as' },
  { name: 'as-group', type: 'stringArray', help: 'A group to act as; may be given several times' },
  { name: 'as-uid', type: 'string', help: 'The uid of the user to act as' },
  { name: 'as-user-extra', type: 'stringArray', help: 'More about the user to act as: key=value' },
  { name: 'username', type: 'string', help: 'A user for basic authentication' },
  { name: 'password', type: 'string', help: 'The password for basic authentication' },
  { name: 'kuberc', type: 'string', help: 'The file with your own defaults and aliases' },
  { name: 'cache-dir', type: 'string', default: '$HOME/.kube/cache', help: 'Where discovery is kept', hidden: true },
  ...[
    ['certificate-authority', 'A certificate to know the server by'],
    ['client-certificate', 'A certificate to be known by'],
    ['client-key', 'The key of the certificate'],
    ['tls-server-name', 'The name in the certificate of the server'],
  ].map(([name, help]) => ({ name: name!, type: 'string' as const, help: help! })),
  { name: 'insecure-skip-tls-verify', type: 'bool', help: 'Do not check the certificate of the server' },
  { name: 'disable-compression', type: 'bool', help: 'Ask for answers as they are', hidden: true },
  { name: 'match-server-version', type: 'bool', help: 'Refuse a server of another version', hidden: true },
  { name: 'profile', type: 'string', default: 'none', help: 'Not served here', hidden: true },
  { name: 'profile-output', type: 'string', default: 'profile.pprof', help: 'Not served here', hidden: true },
  { name: 'log-flush-frequency', type: 'duration', default: '5s', help: 'Logs are never held back', hidden: true },
  { name: 'vmodule', type: 'string', help: 'Not served here', hidden: true },
  { name: 'request-timeout', type: 'string', default: '0', help: 'How long to wait for one request; 0 means for ever' },
  { name: 'v', short: 'v', type: 'int', default: '0', help: 'How much to log: 6 shows requests, 8 what they carry' },
  { name: 'warnings-as-errors', type: 'bool', help: 'Fail when the server sends a warning' },
  { name: 'help', short: 'h', type: 'bool', help: 'Show help for the command' },
];

const OUTPUT_VALUES =
  'json yaml kyaml name go-template= go-template-file= template= templatefile= jsonpath= jsonpath-as-json= jsonpath-file='.split(
    ' ',
  );

/** `-o` of the commands that print objects. */
export const OUTPUT_FLAGS: readonly FlagSpec[] = [
  { name: 'output', short: 'o', type: 'string', help: 'The form of the output', values: OUTPUT_VALUES },
  { name: 'show-managed-fields', type: 'bool', help: 'Keep metadata.managedFields in JSON and YAML' },
  {
    name: 'allow-missing-template-keys',
    type: 'bool',
    default: 'true',
    help: 'Let templates name fields that are not there',
  },
  { name: 'template', type: 'string', help: 'The template of -o go-template, or the file of -o go-template-file' },
];

/** `-o` of `get`, which also prints tables. */
export const GET_OUTPUT_FLAGS: readonly FlagSpec[] = OUTPUT_FLAGS.map((flag) =>
  flag.name === 'output'
    ? { ...flag, values: [...OUTPUT_VALUES, 'wide', 'custom-columns=', 'custom-columns-file='] }
    : flag,
);

/** `-f` of the commands that read manifests. */
export const FILE_FLAGS: readonly FlagSpec[] = [
  {
    name: 'filename',
    short: 'f',
    type: 'stringSlice',
    help: 'A manifest, a directory of manifests, or - for standard input',
  },
  { name: 'kustomize', short: 'k', type: 'string', help: 'A directory with a kustomization' },
  { name: 'recursive', short: 'R', type: 'bool', help: 'Go into the directories below as well' },
];

/** The same for commands that go into directories unless told not to. */
export const RECURSIVE_FILE_FLAGS: readonly FlagSpec[] = FILE_FLAGS.filter(({ name }) => name !== 'kustomize').map(
  (flag) => (flag.name === 'recursive' ? { ...flag, default: 'true' } : flag),
);

export const DRY_RUN_FLAG: FlagSpec = {
  name: 'dry-run',
  type: 'string',
  default: 'none',
  bare: 'unchanged',
  help: '"client" only prints what would be sent, "server" has it checked but not stored',
  values: ['none', 'client', 'server'],
};

export const SELECTOR_FLAG: FlagSpec = {
  name: 'selector',
  short: 'l',
  type: 'string',
  help: 'Only objects whose labels match, e.g. app=web,tier!=db',
};

export const FIELD_SELECTOR_FLAG: FlagSpec = {
  name: 'field-selector',
  type: 'string',
  help: 'Only objects whose fields match, e.g. status.phase=Running',
};

export const ALL_NAMESPACES_FLAG: FlagSpec = {
  name: 'all-namespaces',
  short: 'A',
  type: 'bool',
  help: 'Objects of all namespaces',
};

/** Who a change is attributed to in metadata.managedFields. */
export function fieldManagerFlag(manager: string): FlagSpec {
  return { name: 'field-manager', type: 'string', default: manager, help: 'The name of the manager of the fields' };
}

export const VALIDATE_FLAG: FlagSpec = {
  name: 'validate',
  type: 'string',
  default: 'strict',
  bare: 'strict',
  help: 'What the server does about unknown and duplicate fields',
  values: ['strict', 'warn', 'ignore'],
};

export const LOCAL_FLAG: FlagSpec = {
  name: 'local',
  type: 'bool',
  help: 'Change the manifest of -f and print it, without asking the server for anything',
};
