import { echoText } from '../shell/builtins/echo.ts';
import { printfText } from '../shell/builtins/printf.ts';
import { ASH_TEST_WORDS, BASH_TEST_WORDS, evaluateTestArguments, TestFault } from '../shell/builtins/test.ts';
import { encode, fail, print, printError, programName } from '../stdio.ts';
import { eachInput } from './input.ts';
import { getOptions } from './options.ts';
import { errnoOf, program, Usage } from './program.ts';

export const cat = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'nubevtAET', long: { number: 'n' } });
  const numbered = options.has('n') || options.has('b');
  const has = (letters: string) => [...letters].some((letter) => options.has(letter));
  const shown = { ends: has('AeE'), tabs: has('AtT'), others: has('Avet'), any: has('AeEtTv') };
  let line = 0;
  let atStart = true;
  return yield* eachInput(process, flavour, options.operands, function* (fd) {
    for (;;) {
      const data = yield* process.read(fd);
      if (data.length === 0) return;
      if (!numbered && !shown.any) {
        yield* process.write(1, data);
        continue;
      }
      let text = '';
      for (const byte of data) {
        const counts = !options.has('b') || byte !== 10;
        if (atStart && numbered && counts) text += `${String(++line).padStart(6)}\t`;
        atStart = byte === 10;
        text += byteText(byte, shown);
      }
      yield* print(process, text);
    }
  });
});

/** `cat -v`: what is not printable as `^A` and `M-a`; `-E` and `-T` show ends of lines and tabs. */
function byteText(byte: number, shown: { ends: boolean; tabs: boolean; others: boolean }): string {
  if (byte === 10) return shown.ends ? '$\n' : '\n';
  if (byte === 9) return shown.tabs ? '^I' : '\t';
  if (!shown.others) return byte < 128 ? String.fromCharCode(byte) : String.fromCharCode(0xdc00 + byte);
  if (byte >= 128) return `M-${byteText(byte - 128, { ends: false, tabs: true, others: true }).replace('\n', '^J')}`;
  if (byte === 127) return '^?';
  return byte < 32 ? `^${String.fromCharCode(byte + 64)}` : String.fromCharCode(byte);
}

export const echo = program(function* (process, args) {
  yield* print(process, echoText(args, false));
  return 0;
});

export const printf = program(function* (process, args) {
  if (args.length === 0) throw new Usage();
  const { text, warnings } = printfText(args[0]!, args.slice(1));
  yield* print(process, text);
  for (const warning of warnings) yield* printError(process, `${programName(process)}: ${warning}\n`);
  return warnings.length === 0 ? 0 : 1;
});

export const test = program(function* (process, args, flavour) {
  let words = args;
  if (programName(process) === '[') {
    if (words.at(-1) !== ']') return yield* fail(process, 'missing ]', 2);
    words = words.slice(0, -1);
  }
  try {
    return evaluateTestArguments(process, words, flavour === 'gnu' ? BASH_TEST_WORDS : ASH_TEST_WORDS) ? 0 : 1;
  } catch (error) {
    if (error instanceof TestFault) return yield* fail(process, error.message, 2);
    throw error;
  }
});

export const yes = program(function* (process, args) {
  const line = `${args.length === 0 ? 'y' : args.join(' ')}\n`;
  const block = encode(line.repeat(Math.max(1, Math.min(1000, Math.floor(4096 / line.length)))));
  for (;;) {
    yield* process.write(1, block);
    yield* process.compute(1);
  }
});

export const seq = program(function* (process, args) {
  const options = getOptions(args, { letters: 's:w0123456789.f:', inOrder: true });
  // Negative numbers look like options.
  const numbers = args.filter((argument) => /^-?(\d+\.?\d*|\.\d+)$/.test(argument));
  const operands = numbers.length > 0 ? numbers : options.operands;
  if (operands.length === 0 || operands.length > 3)
    throw new Usage(operands.length === 0 ? 'missing operand' : undefined);
  const [first, step, last] =
    operands.length === 1
      ? ['1', '1', operands[0]!]
      : operands.length === 2
        ? [operands[0]!, '1', operands[1]!]
        : operands;
  const values = [first!, step!, last!].map(Number);
  if (values.some(Number.isNaN))
    throw new Usage(`invalid number '${operands.find((text) => Number.isNaN(Number(text)))}'`);
  const [from, by, to] = values as [number, number, number];
  const digits = Math.max(...[first!, step!].map((text) => (text.split('.')[1] ?? '').length));
  const width = options.has('w') ? Math.max(from.toFixed(digits).length, to.toFixed(digits).length) : 0;
  const separator = options.value('s') ?? '\n';
  let text = '';
  const count = by === 0 ? 0 : Math.floor((to - from) / by + 1e-10) + 1;
  for (let at = 0; at < count; at++) {
    text += (at === 0 ? '' : separator) + (from + at * by).toFixed(digits).padStart(width, '0');
    if (text.length < 8192) continue;
    yield* print(process, text);
    yield* process.compute(1);
    text = '';
  }
  yield* print(process, count > 0 ? `${text}\n` : text);
  return 0;
});

export const tee = program(function* (process, args) {
  const options = getOptions(args, { letters: 'ai', long: { append: 'a' } });
  const fds: number[] = [];
  let exitCode = 0;
  for (const path of options.operands) {
    try {
      const append = options.has('a');
      fds.push(process.open(path, { write: true, create: true, append, truncate: !append }));
    } catch (error) {
      yield* printError(process, `${programName(process)}: ${path}: ${errnoOf(error).message}\n`);
      exitCode = 1;
    }
  }
  for (;;) {
    const data = yield* process.read(0);
    if (data.length === 0) return exitCode;
    yield* process.write(1, data);
    for (const fd of fds) yield* process.write(fd, data);
  }
});

export const trueProgram = program(function* () {
  return 0;
});

export const falseProgram = program(function* () {
  return 1;
});
