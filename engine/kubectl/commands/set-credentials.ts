import { Errno } from '../../linux/errno.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagSpec } from '../flag.ts';
import type { Invocation } from '../invocation.ts';
import { base64 } from '../key-sources.ts';
import { changeConfigFile } from '../kubeconfig.ts';

const FIELDS = ['password', 'token', 'username'] as const;
const FILES = ['client-certificate', 'client-key'] as const;

const EXEC_FLAGS: readonly FlagSpec[] = [
  { name: 'exec-command', type: 'string', help: 'A program that gives credentials' },
  { name: 'exec-api-version', type: 'string', help: 'The version of its answer' },
  { name: 'exec-arg', type: 'stringSlice', help: 'Arguments of the program' },
  { name: 'exec-env', type: 'stringArray', help: 'Variables of its environment: key=value' },
  { name: 'exec-interactive-mode', type: 'string', help: 'Whether it may ask: Never, IfAvailable or Always' },
  { name: 'exec-provide-cluster-info', type: 'bool', help: 'Tell it of the cluster' },
];

/** How a user is known. What a program of credentials is for is written down; nothing here runs one. */
export const setCredentials: Command = {
  name: 'set-credentials',
  summary: 'Set a user entry in kubeconfig',
  usage: 'config set-credentials NAME',
  operand: 'none',
  flags: [
    ...[...FILES, ...FIELDS].map(
      (name): FlagSpec => ({ name, type: 'string', help: `The ${name.replace('-', ' ')} of it` }),
    ),
    ...EXEC_FLAGS,
    { name: 'embed-certs', type: 'bool', help: 'Put certificates into the file itself' },
    { name: 'auth-provider', type: 'string', help: 'No longer of use', hidden: true },
    { name: 'auth-provider-arg', type: 'stringSlice', help: 'No longer of use', hidden: true },
  ],
  *run(invocation) {
    const { args, flags, streams } = invocation;
    const [name] = args;
    if (name === undefined || args.length !== 1) throw invocation.usageError(`unexpected args: [${args.join(' ')}]`);
    const basic = flags.changed('username') || flags.changed('password');
    if (flags.changed('token') && basic) {
      throw new CommandError(
        'you cannot specify more than one authentication method at the same time: --token, --username/--password',
      );
    }
    changeConfigFile(invocation, (file) => {
      const before = file.users.find((one) => one.name === name)?.user ?? {};
      const user: Record<string, unknown> = { ...before };
      for (const field of FIELDS) if (flags.changed(field)) user[field] = flags.string(field);
      for (const field of FILES) if (flags.changed(field)) setFile(invocation, user, field);
      // One way of being known takes the place of the other.
      if (flags.changed('token')) for (const field of ['username', 'password']) delete user[field];
      if (basic) delete user['token'];
      if (flags.changed('exec-command')) user['exec'] = programOf(invocation.flags);
      const others = file.users.filter((one) => one.name !== name);
      const at = file.users.findIndex((one) => one.name === name);
      const users = [...others];
      users.splice(at < 0 ? users.length : at, 0, { name, user });
      return { ...file, users };
    });
    streams.out(`User ${JSON.stringify(name)} set.\n`);
    return 0;
  },
};

/** Names a file, or with `--embed-certs` takes in what is in it. */
function setFile({ flags, process }: Invocation, user: Record<string, unknown>, field: string): void {
  const path = flags.string(field);
  if (!flags.bool('embed-certs')) {
    user[field] = path === '' || path.startsWith('/') ? path : `${process.cwd}/${path}`;
    delete user[`${field}-data`];
    return;
  }
  try {
    user[`${field}-data`] = base64(process.readFile(path));
    delete user[field];
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new CommandError(`could not read ${field} data from ${path}: open ${path}: ${error.message.toLowerCase()}`);
  }
}

function programOf(flags: {
  string(name: string): string;
  list(name: string): readonly string[];
  bool(name: string): boolean;
}) {
  const version = flags.string('exec-api-version');
  const mode = flags.string('exec-interactive-mode');
  const [args, env] = [flags.list('exec-arg'), flags.list('exec-env')];
  return {
    ...(version === '' ? {} : { apiVersion: version }),
    args: args.length === 0 ? null : args,
    command: flags.string('exec-command'),
    env: env.length === 0 ? null : env.map(readVariable),
    ...(mode === '' ? {} : { interactiveMode: mode }),
    provideClusterInfo: flags.bool('exec-provide-cluster-info'),
  };
}

function readVariable(text: string): { readonly name: string; readonly value: string } {
  const equals = text.indexOf('=');
  return { name: text.slice(0, equals < 0 ? undefined : equals), value: equals < 0 ? '' : text.slice(equals + 1) };
}
