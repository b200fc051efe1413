import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode, print, printError, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { askManager } from './bus.ts';
import { find, type Invocation, requireUnits, warnOfChange } from './invocation.ts';
import type { UnitStatus } from './port.ts';

// What systemctl does with the files of units.

const OWN = '/etc/systemd/system';
const WANTS = `${OWN}/multi-user.target.wants`;

/** `systemctl cat` */
export function* cat(invocation: Invocation): Task<number> {
  const { process, units } = invocation;
  if (!(yield* requireUnits(invocation))) return 1;
  for (const [index, name] of units.entries()) {
    const unit = find(invocation, name);
    if (unit === undefined) {
      yield* printError(process, `No files found for ${name}.\n`);
      return 1;
    }
    if (unit.load === 'masked') {
      yield* print(process, `# Unit ${name} is masked.\n`);
      continue;
    }
    yield* warnOfChange(process, unit);
    const texts = [unit.file, ...unit.dropIns].map((path) => `# ${path}\n${contentOf(process, path)}`);
    yield* print(process, `${index === 0 ? '' : '\n'}${texts.join('\n')}`);
  }
  return 0;
}

function contentOf(process: Process, path: string): string {
  return process.access(path, 'read') ? decode(process.readFile(path)) : '';
}

/** `enable` and `disable`; each with `--now`, which starts or stops. */
export function* enable(invocation: Invocation): Task<number> {
  const { process, units, verb, options } = invocation;
  if (!(yield* requireUnits(invocation))) return 1;
  const method = verb === 'disable' ? 'disable' : 'enable';
  for (const name of units) {
    const unit = find(invocation, name);
    const problem =
      unit === undefined
        ? `Unit ${name} does not exist`
        : unit.load === 'masked' && method === 'enable'
          ? `Unit ${unit.file} is masked`
          : undefined;
    if (problem !== undefined) {
      yield* printError(process, `Failed to ${verb} unit: ${problem}\n`);
      return 1;
    }
    const reply = yield* askManager(process, { method, unit: name });
    if (reply?.done && method === 'enable') yield* told(process, `${WANTS}/${name}`, unit!.file);
    else if (reply?.done) yield* printError(process, `Removed '${WANTS}/${name}'.\n`);
    if (options.has('now')) yield* askManager(process, { method: method === 'enable' ? 'start' : 'stop', unit: name });
  }
  return 0;
}

function told(process: Process, link: string, target: string): Task<void> {
  return printError(process, `Created symlink '${link}' → '${target}'.\n`);
}

/** `mask` and `unmask`: a unit that leads to /dev/null cannot be started. */
export function* mask(invocation: Invocation): Task<number> {
  const { process, units, verb, options } = invocation;
  if (!(yield* requireUnits(invocation))) return 1;
  for (const name of units) {
    const link = `${OWN}/${name}`;
    const isMasked = linkTarget(process, link) === '/dev/null';
    if (verb === 'unmask') {
      if (!isMasked) continue;
      process.unlink(link);
      yield* printError(process, `Removed '${link}'.\n`);
    } else if (!isMasked) {
      if (process.access(link, 'exists')) {
        yield* printError(process, `Failed to mask unit: File '${link}' already exists.\n`);
        return 1;
      }
      if (find(invocation, name) === undefined)
        yield* printError(process, `Unit ${name} does not exist, proceeding anyway.\n`);
      process.symlink('/dev/null', link);
      yield* told(process, link, '/dev/null');
    }
    if (options.has('now') && verb === 'mask') yield* askManager(process, { method: 'stop', unit: name });
  }
  yield* askManager(process, { method: 'reload' });
  return 0;
}

function linkTarget(process: Process, path: string): string | undefined {
  try {
    return process.readlink(path);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

/** `revert`: what the machine was installed with counts again. */
export function* revert(invocation: Invocation): Task<number> {
  const { process, units } = invocation;
  if (!(yield* requireUnits(invocation))) return 1;
  for (const name of units) {
    const unit = find(invocation, name);
    const own = unit === undefined ? [] : [unit.file, ...unit.dropIns].filter((path) => path.startsWith(`${OWN}/`));
    for (const path of own) {
      process.unlink(path);
      yield* printError(process, `Removed '${path}'.\n`);
    }
  }
  yield* askManager(process, { method: 'reload' });
  return 0;
}

/** `edit`: a drop-in, or with `--full` a copy of the whole, in the editor; then the files are read anew. */
export function* edit(invocation: Invocation): Task<number> {
  const { process, units, options } = invocation;
  if (!(yield* requireUnits(invocation))) return 1;
  for (const name of units) {
    const unit = find(invocation, name);
    if (unit === undefined && !options.has('force')) {
      yield* printError(
        process,
        `No files found for ${name}.\nRun 'systemctl edit --force --full ${name}' to create a new unit.\n`,
      );
      return 1;
    }
    const dropIn = options.value('drop-in') ?? 'override';
    const file = `${OWN}/${name}${options.has('l') ? '' : `.d/${dropIn.replace(/(\.conf)?$/, '.conf')}`}`;
    const code = yield* editFile(process, unit, file, options.has('l'), options.has('stdin'));
    if (code !== 0) return code;
  }
  yield* askManager(process, { method: 'reload' });
  return 0;
}

const MARKS = [
  '### Anything between here and the comment below will become the contents of the drop-in file',
  '### Edits below this comment will be discarded',
] as const;

function* editFile(
  process: Process,
  unit: UnitStatus | undefined,
  file: string,
  isFull: boolean,
  isFromInput: boolean,
): Task<number> {
  const before = contentOf(process, process.access(file, 'read') || !isFull ? file : (unit?.file ?? file));
  let text: string | undefined;
  if (isFromInput) text = decode(yield* readAll(process, 0));
  else {
    const draft = `${file.slice(0, file.lastIndexOf('/'))}/.#${file.slice(file.lastIndexOf('/') + 1)}`;
    process.makeDirectories(file.slice(0, file.lastIndexOf('/')));
    process.writeFile(draft, isFull ? before : template(process, unit, file, before));
    const code = yield* openEditor(process, draft);
    text = code === 0 ? contentOf(process, draft) : undefined;
    process.unlink(draft);
    if (text === undefined) {
      yield* printError(process, 'Failed to execute editor.\n');
      return 1;
    }
    if (!isFull) text = between(text);
  }
  if (text.trim() === '') {
    yield* printError(process, `${file}: after editing, new contents are empty, not writing file.\n`);
    return 0;
  }
  process.makeDirectories(file.slice(0, file.lastIndexOf('/')));
  process.writeFile(file, text.endsWith('\n') ? text : `${text}\n`, { mode: 0o644 });
  yield* printError(process, `Successfully installed edited file '${file}'.\n`);
  return 0;
}

function template(process: Process, unit: UnitStatus | undefined, file: string, before: string): string {
  const files = unit === undefined ? [] : [unit.file, ...unit.dropIns.filter((path) => path !== file)];
  const shown = files.map((path) => `### ${path}\n${contentOf(process, path).replace(/^(?=.)/gm, '# ')}`);
  return `### Editing ${file}\n${MARKS[0]}\n\n${before}\n\n${MARKS[1]}\n\n\n${shown.join('\n\n')}`;
}

function between(text: string): string {
  const from = text.indexOf(MARKS[0]);
  const to = text.indexOf(MARKS[1]);
  return text.slice(from < 0 ? 0 : from + MARKS[0].length, to < 0 ? undefined : to).trim();
}

function* openEditor(process: Process, path: string): Task<number> {
  const { SYSTEMD_EDITOR, EDITOR, VISUAL } = process.env;
  for (const editor of [SYSTEMD_EDITOR, EDITOR, VISUAL, 'editor', 'nano', 'vim', 'vi']) {
    if (!editor) continue;
    const [program = '', ...rest] = editor.split(/\s+/);
    const executable = ['/usr/local/bin', '/usr/bin', '/bin']
      .map((directory) => (program.includes('/') ? program : `${directory}/${program}`))
      .find((each) => process.access(each, 'execute'));
    if (executable === undefined) continue;
    const pid = process.spawn({ path: executable, argv: [program, ...rest, path] });
    const ended = yield* process.waitpid(pid);
    return ended?.status.kind === 'exited' ? ended.status.code : 1;
  }
  return 1;
}
