import { Errno } from '../../errno.ts';
import { print, printError } from '../../stdio.ts';
import { getOptions } from '../options.ts';
import { program } from '../program.ts';
import { confinedProcesses, loadedProfiles } from './loaded-profiles.ts';

const MODES = ['enforce', 'complain', 'prompt', 'kill', 'unconfined'] as const;

/** aa-status(8): which profiles are loaded, and who is held to them. */
export const aaStatus = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'v',
    long: {
      verbose: 'v',
      enabled: 'enabled',
      profiled: 'profiled',
      enforced: 'enforced',
      complaining: 'complaining',
      json: 'json',
    },
  });
  if (!process.access('/sys/module/apparmor/parameters/enabled', 'exists')) {
    yield* printError(process, 'apparmor not present.\n');
    return 1;
  }
  if (options.has('enabled')) return 0;
  let profiles: ReturnType<typeof loadedProfiles>;
  try {
    if (process.credentials.uid !== 0) throw new Errno('EACCES');
    profiles = loadedProfiles(process);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* printError(
      process,
      'apparmor module is loaded.\nYou do not have enough privilege to read the profile set.\n',
    );
    return 4;
  }
  const inMode = (mode: string) => profiles.filter((each) => each.mode === mode);
  const count = options.has('profiled')
    ? profiles.length
    : options.has('enforced')
      ? inMode('enforce').length
      : options.has('complaining')
        ? inMode('complain').length
        : undefined;
  if (count !== undefined) {
    yield* print(process, `${count}\n`);
    return 0;
  }
  const processes = confinedProcesses(process);
  if (options.has('json')) {
    yield* print(process, `${JSON.stringify(asJson(profiles, processes))}\n`);
    return 0;
  }
  yield* print(process, report(profiles, processes));
  return 0;
});

type Profiles = ReturnType<typeof loadedProfiles>;
type Processes = ReturnType<typeof confinedProcesses>;

function report(profiles: Profiles, processes: Processes): string {
  const lines = ['apparmor module is loaded.', `${profiles.length} profiles are loaded.`];
  for (const mode of MODES) {
    const found = profiles.filter((each) => each.mode === mode);
    lines.push(`${found.length} profiles are in ${mode} mode.`, ...found.map(({ name }) => `   ${name}`));
  }
  lines.push(`${processes.length} processes have profiles defined.`);
  for (const mode of MODES) {
    const found = processes.filter((each) => each.mode === mode);
    lines.push(
      mode === 'unconfined'
        ? `${found.length} processes are unconfined but have a profile defined.`
        : `${found.length} processes are in ${mode} mode.`,
      ...found.map(({ program: path, pid, name }) => `   ${path} (${pid}) ${name === path ? '' : name}`.trimEnd()),
    );
  }
  lines.push('0 processes are in mixed mode.', '');
  return lines.join('\n');
}

function asJson(profiles: Profiles, processes: Processes): object {
  const shown: Record<string, object[]> = {};
  for (const { program: path, pid, name, mode } of processes) {
    shown[path] ??= [];
    shown[path].push({ profile: name, pid: String(pid), status: mode });
  }
  return {
    version: '2',
    profiles: Object.fromEntries(profiles.map(({ name, mode }) => [name, mode])),
    processes: shown,
  };
}
