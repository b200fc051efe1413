import { ConfinementError, type SeccompProfile } from '../confinement.ts';

type Shape = 'string' | 'uint' | readonly [Shape] | { readonly [field: string]: Shape };

const ARGUMENT: Shape = { index: 'uint', value: 'uint', valueTwo: 'uint', op: 'string' };
const RULE: Shape = { names: ['string'], action: 'string', errnoRet: 'uint', args: [ARGUMENT] };
const PROFILE: Shape = {
  defaultAction: 'string',
  defaultErrnoRet: 'uint',
  architectures: ['string'],
  flags: ['string'],
  syscalls: [RULE],
};

/**
 * A profile from what its file holds. Fields that the specification does not know mean nothing, as everywhere in JSON that Go
 * reads; nor do names of system calls that the kernel does not know.
 *
 * @throws ConfinementError in the words of Go's encoding/json
 */
export function seccompProfileOf(value: unknown): SeccompProfile {
  check(value, PROFILE, 'LinuxSeccomp', '');
  const profile = value as Partial<SeccompProfile>;
  const syscalls = (profile.syscalls ?? []).map(({ names, action, ...rest }) => ({
    ...rest,
    names: names ?? [],
    action: action ?? '',
    args: (rest.args ?? []).map((argument) => ({
      ...argument,
      index: argument.index ?? 0,
      value: argument.value ?? 0,
    })),
  }));
  return { ...profile, defaultAction: profile.defaultAction ?? '', syscalls };
}

function check(value: unknown, shape: Shape, structure: string, path: string): void {
  if (value === null || value === undefined) return;
  const refuse = (type: string): never => {
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    const field = path === '' ? 'Go value' : `Go struct field ${structure}.${path}`;
    throw new ConfinementError(`json: cannot unmarshal ${kind} into ${field} of type ${type}`);
  };
  if (shape === 'string') {
    if (typeof value !== 'string') refuse('string');
  } else if (shape === 'uint') {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) refuse('uint64');
  } else if (isList(shape)) {
    if (!Array.isArray(value)) refuse('[]specs.LinuxSyscall');
    for (const each of value as unknown[]) check(each, shape[0], structure, path);
  } else {
    if (typeof value !== 'object' || Array.isArray(value)) refuse(`specs.${structure}`);
    const object = value as Readonly<Record<string, unknown>>;
    for (const [name, field] of Object.entries(shape)) {
      check(object[name], field, structure, path === '' ? name : `${path}.${name}`);
    }
  }
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
