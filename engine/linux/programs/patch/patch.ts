import type { Task } from '../../../sim/index.ts';
import { makeDirectories } from '../../directory-tree.ts';
import { Errno } from '../../errno.ts';
import { decode, encode, lineReader, print, printError, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { getOptions, type Options } from '../options.ts';
import { errnoOf, type Flavour, program } from '../program.ts';
import { contextOf, PatchedFile, type Place } from './apply-hunk.ts';
import { type FilePatch, type Hunk, hunkText, PatchFault, parsePatches, reversed, reversedHunk } from './patch-file.ts';

const TROUBLE = 2;
const MAX_FUZZ = 2;
const NOTHING = '/dev/null';

/** patch(1) for unified diffs. What it says follows GNU patch 2.7; busybox's says less, and knows no fuzz. */
export const patch = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'p:i:d:o:r:F:z:RNEbsftulvn',
    long: {
      strip: 'p',
      input: 'i',
      directory: 'd',
      output: 'o',
      'reject-file': 'r',
      fuzz: 'F',
      suffix: 'z',
      reverse: 'R',
      forward: 'N',
      'remove-empty-files': 'E',
      backup: 'b',
      silent: 's',
      quiet: 's',
      force: 'f',
      batch: 't',
      unified: 'u',
      'ignore-whitespace': 'l',
      'dry-run': 'D',
      version: 'v',
      verbose: 'V',
    },
  });
  if (options.has('v')) {
    yield* print(process, 'GNU patch 2.7.6\n');
    return 0;
  }
  if (options.has('d')) process.chdir(options.value('d')!);
  return yield* new Patcher(process, options, flavour).run();
});

class Patcher {
  readonly #process: Process;
  readonly #options: Options;
  readonly #flavour: Flavour;
  readonly #dry: boolean;

  constructor(process: Process, options: Options, flavour: Flavour) {
    this.#process = process;
    this.#options = options;
    this.#flavour = flavour;
    this.#dry = options.has('D');
  }

  *run(): Task<number> {
    const [target, second] = this.#options.operands;
    const input = this.#options.value('i') ?? second;
    let text: string;
    try {
      text = decode(
        input === undefined || input === '-' ? yield* readAll(this.#process, 0) : this.#process.readFile(input),
      );
    } catch (error) {
      return yield* this.#giveUp(`Can't open patch file ${input} : ${errnoOf(error).message}`);
    }
    try {
      const patches = parsePatches(text);
      if (patches.length === 0) {
        return this.#flavour === 'busybox' ? 0 : yield* this.#giveUp('Only garbage was found in the patch input.');
      }
      let exitCode = 0;
      for (const each of patches) {
        const given = this.#options.has('R') ? reversed(each) : each;
        if (!(yield* this.#patchFile(given, target))) exitCode = 1;
      }
      return exitCode;
    } catch (error) {
      if (error instanceof PatchFault) return yield* this.#giveUp(error.message);
      throw error;
    }
  }

  *#giveUp(text: string): Task<number> {
    yield* printError(this.#process, `patch: **** ${text}\n`);
    return TROUBLE;
  }

  #say(text: string): Task<void> {
    return print(this.#process, this.#options.has('s') ? '' : text);
  }

  *#patchFile(patch: FilePatch, target: string | undefined): Task<boolean> {
    const path = target ?? this.#chooseName(patch);
    if (path === undefined) return yield* this.#findNothing(patch);
    const exists = this.#process.access(path, 'exists');
    if (!exists && patch.oldName !== NOTHING && this.#flavour === 'busybox') {
      yield* this.#say(`patching file ${path}\n`);
      yield* printError(this.#process, `patch: can't open '${path}': No such file or directory\n`);
      return false;
    }
    const before = exists ? decode(this.#process.readFile(path)) : '';
    if (exists && patch.oldName === NOTHING && before !== '' && this.#flavour === 'gnu')
      return yield* this.#wouldCreate(patch, path);
    const output = this.#options.value('o') ?? path;
    if (this.#flavour === 'busybox' && !exists) yield* print(this.#process, `creating ${path}\n`);
    else
      yield* this.#say(
        `${this.#dry && this.#flavour === 'gnu' ? 'checking' : 'patching'} file ${output}${output === path ? '' : ` (read from ${path})`}\n`,
      );
    if (patch.fault !== undefined) throw new PatchFault(patch.fault);
    const file = new PatchedFile(before);
    const { failed, mismatch, skipped } = yield* this.#applyAll(patch, file);
    if (skipped || failed.length > 0) yield* this.#reject(patch, path, skipped ? patch.hunks : failed, skipped);
    if (this.#dry) return failed.length === 0 && !skipped;
    if (!skipped && !(this.#flavour === 'busybox' && failed.length > 0))
      this.#write(patch, file, { path, output, before, exists, mismatch });
    return failed.length === 0 && !skipped;
  }

  /** The file that the headers mean, as far as it is there, or is to be made. */
  #chooseName({ oldName, newName }: FilePatch): string | undefined {
    const names = [oldName, newName].flatMap((name) => (name === NOTHING ? [] : (this.#strip(name) ?? [])));
    if (this.#flavour === 'busybox') return names.at(-1);
    const there = names.filter((name) => this.#process.access(name, 'exists'));
    const weight = (name: string) => name.split('/').length * 4096 + name.length;
    const [best] = there.toSorted((a, b) => weight(a) - weight(b));
    if (best !== undefined) return best;
    return oldName === NOTHING ? names.at(-1) : undefined;
  }

  #strip(name: string): string | undefined {
    const count = this.#options.value('p');
    const parts = name.replace(/\/+/g, '/').split('/');
    if (count === undefined) return parts.at(-1);
    return Number(count) < parts.length ? parts.slice(Number(count)).join('/') : undefined;
  }

  *#findNothing(patch: FilePatch): Task<boolean> {
    const { line, leading } = patch;
    const shown = leading.map((text) => `|${text}\n`).join('');
    const given = this.#options.value('p') === undefined;
    yield* print(
      this.#process,
      `can't find file to patch at input line ${line}\nPerhaps you ${given ? 'should have used the' : 'used the wrong'} -p or --strip option?\n` +
        `The text leading up to this was:\n--------------------------\n${shown}--------------------------\n`,
    );
    yield* print(this.#process, 'File to patch: \nSkip this patch? [y] \nSkipping patch.\n');
    yield* this.#tellIgnored(patch);
    return false;
  }

  *#wouldCreate(patch: FilePatch, path: string): Task<boolean> {
    yield* print(this.#process, `The next patch would create the file ${path},\nwhich already exists!`);
    if ((yield* this.#mayReverse()) === 'reverse') return yield* this.#patchFile(reversed(patch), path);
    yield* this.#tellIgnored(patch);
    return false;
  }

  *#tellIgnored({ hunks }: FilePatch): Task<void> {
    const [count, noun] = [hunks.length, hunks.length === 1 ? 'hunk' : 'hunks'];
    yield* print(this.#process, `${count} out of ${count} ${noun} ignored\n`);
  }

  *#applyAll(
    patch: FilePatch,
    file: PatchedFile,
  ): Task<{ readonly failed: readonly Hunk[]; readonly mismatch: boolean; readonly skipped: boolean }> {
    const failed: Hunk[] = [];
    let mismatch = false;
    let { hunks } = patch;
    for (let at = 0; at < hunks.length; at++) {
      let hunk = hunks[at]!;
      let place = this.#find(file, hunk);
      if (place === undefined && at === 0 && this.#flavour === 'gnu' && !this.#options.has('f')) {
        const turned = file.locate(reversedHunk(hunk), 0);
        if (turned !== undefined) {
          mismatch = true;
          yield* print(
            this.#process,
            `${this.#options.has('R') ? 'Unreversed' : 'Reversed (or previously applied)'} patch detected!`,
          );
          const verdict = yield* this.#mayReverse();
          if (verdict === 'skip') return { failed, mismatch: true, skipped: true };
          if (verdict === 'reverse') {
            hunks = hunks.map(reversedHunk);
            hunk = hunks[0]!;
            place = turned;
          }
        }
      }
      if (place === undefined) {
        yield* this.#tellFailure(hunk, at + 1, file);
        failed.push(hunk);
        mismatch = true;
        if (this.#flavour === 'busybox') break;
        continue;
      }
      yield* this.#take(file, hunk, place, at + 1);
      if (place.fuzz > 0 || file.offset !== 0) mismatch = true;
    }
    return { failed, mismatch, skipped: false };
  }

  #find(file: PatchedFile, hunk: Hunk): Place | undefined {
    const { leading, trailing } = contextOf(hunk);
    const most = this.#flavour === 'busybox' ? 0 : Number(this.#options.value('F') ?? MAX_FUZZ);
    for (let fuzz = 0; fuzz <= Math.min(most, Math.max(leading, trailing)); fuzz++) {
      const place = file.locate(hunk, fuzz);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  *#take(file: PatchedFile, hunk: Hunk, place: Place, number: number): Task<void> {
    file.apply(hunk, place);
    const { offset } = file;
    if (this.#flavour === 'busybox' || (place.fuzz === 0 && offset === 0)) return;
    const fuzz = place.fuzz > 0 ? ` with fuzz ${place.fuzz}` : '';
    const away = offset === 0 ? '' : ` (offset ${offset} line${Math.abs(offset) === 1 ? '' : 's'})`;
    yield* this.#say(`Hunk #${number} succeeded at ${place.line}${fuzz}${away}.\n`);
  }

  *#tellFailure(hunk: Hunk, number: number, file: PatchedFile): Task<void> {
    if (this.#flavour === 'gnu') {
      yield* this.#say(`Hunk #${number} FAILED at ${file.nowAt(hunk.oldStart)}.\n`);
      return;
    }
    const body = hunk.lines.map(({ kind, text }) => kind + text).join('');
    yield* printError(this.#process, `Hunk ${number} FAILED ${hunk.oldStart}/${hunk.newStart}.\n${body}`);
  }

  /** What is to be done about a patch that is there already. */
  *#mayReverse(): Task<'reverse' | 'skip' | 'apply'> {
    if (this.#options.has('N')) {
      yield* print(this.#process, '  Skipping patch.\n');
      return 'skip';
    }
    if (this.#options.has('t')) {
      yield* print(this.#process, this.#options.has('R') ? '  Ignoring -R.\n' : '  Assuming -R.\n');
      return 'reverse';
    }
    if (yield* this.#ask(`  ${this.#options.has('R') ? 'Ignore' : 'Assume'} -R? [n] `)) return 'reverse';
    if (yield* this.#ask('Apply anyway? [n] ')) return 'apply';
    yield* print(this.#process, 'Skipping patch.\n');
    return 'skip';
  }

  *#ask(question: string): Task<boolean> {
    yield* print(this.#process, question);
    let fd: number;
    try {
      fd = this.#process.open('/dev/tty', { read: true });
    } catch (error) {
      errnoOf(error);
      yield* print(this.#process, '\n');
      return false;
    }
    const answer = yield* lineReader(this.#process, fd).next();
    this.#process.close(fd);
    return /^[yY]/.test(answer ?? '');
  }

  *#reject(patch: FilePatch, path: string, hunks: readonly Hunk[], ignored: boolean): Task<void> {
    if (this.#flavour === 'busybox') return;
    const rejects = this.#options.value('r') ?? `${this.#options.value('o') ?? path}.rej`;
    const saved = this.#dry || rejects === '-' ? '' : ` -- saving rejects to file ${rejects}`;
    const all = patch.hunks.length;
    yield* this.#say(
      `${hunks.length} out of ${all} hunk${all === 1 ? '' : 's'} ${ignored ? 'ignored' : 'FAILED'}${saved}\n`,
    );
    if (saved === '') return;
    try {
      this.#process.writeFile(rejects, `${patch.headers.join('\n')}\n${hunks.map(hunkText).join('')}`);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* printError(this.#process, `patch: **** Can't create file ${rejects} : ${error.message}\n`);
    }
  }

  #write(
    patch: FilePatch,
    file: PatchedFile,
    about: {
      readonly path: string;
      readonly output: string;
      readonly before: string;
      readonly exists: boolean;
      readonly mismatch: boolean;
    },
  ): void {
    const { path, output, before, exists } = about;
    const keeps = this.#options.has('b') || this.#options.has('z') || (about.mismatch && this.#flavour === 'gnu');
    if (exists && keeps) this.#process.writeFile(`${output}${this.#options.value('z') ?? '.orig'}`, before);
    const isGone = patch.newName === NOTHING || this.#options.has('E');
    if (file.text === '' && isGone && output === path && this.#flavour === 'gnu') {
      this.#process.unlink(path);
      return;
    }
    const slash = output.lastIndexOf('/');
    if (!exists && slash > 0) makeDirectories(this.#process, output.slice(0, slash));
    this.#process.writeFile(output, encode(file.text));
  }
}
