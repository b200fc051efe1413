import type { FlagSpec } from './flag.ts';
import type { Invocation } from './invocation.ts';
import { type Unstructured, withField } from './unstructured.ts';

/** What `kubectl rollout history` shows as the cause of a revision. */
const CHANGE_CAUSE = 'kubernetes.io/change-cause';

export const RECORD_FLAG: FlagSpec = {
  name: 'record',
  type: 'bool',
  help: 'Keep the command in an annotation',
  hidden: true,
  deprecated: '--record will be removed in the future',
};

/** What a patch brings besides its own fields when the command is to be recorded. */
export function causePatch(invocation: Invocation): { readonly metadata?: { readonly annotations: object } } {
  if (!isRecorded(invocation)) return {};
  return { metadata: { annotations: { [CHANGE_CAUSE]: changeCause(invocation) } } };
}

/** An object with the command that is about to write it, when that is to be recorded. */
export function withChangeCause(invocation: Invocation, object: Unstructured): Unstructured {
  if (!isRecorded(invocation)) return object;
  return withField(object, ['metadata', 'annotations', CHANGE_CAUSE], changeCause(invocation)) as Unstructured;
}

export function isRecorded({ flags }: Invocation): boolean {
  return flags.has('record') && flags.bool('record');
}

/** The command line, flags last, after `pkg/genericclioptions/record_flags.go` of k8s.io/cli-runtime. */
function changeCause({ commandPath, args, flags }: Invocation): string {
  const given = flags.given().map(([name, value]) => `--${name}=${value}`);
  return [commandPath, ...args, ...given].join(' ');
}
