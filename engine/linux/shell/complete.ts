import { Errno } from '../errno.ts';
import type { DirectoryEntry, Process } from '../syscalls.ts';
import { BUILTINS } from './builtins/index.ts';
import { homeDirectory } from './expand/tilde.ts';
import { type Completion, wordsBeforeCursor } from './line-editor/completion.ts';
import type { Shell } from './shell.ts';

const KEYWORDS = [
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'for',
  'while',
  'until',
  'do',
  'done',
  'case',
  'esac',
  'function',
];

/** What Tab offers: commands in the first place, then what the command's own completer says, else paths. */
export function completeLine(shell: Shell, before: string): Completion {
  const words = wordsBeforeCursor(before);
  const word = words.at(-1)!;
  while (/^[A-Za-z_]\w*=/.test(words[0] ?? '') && words.length > 1) words.shift();
  if (word.startsWith('$')) return variables(shell, word);
  if (words.length === 1 && !word.includes('/')) return commands(shell, word);
  const command = words[0]!.split('/').at(-1)!;
  const isKnown = words.length > 1 && Object.hasOwn(shell.completers, command);
  const completer = isKnown ? shell.completers[command] : undefined;
  const offered = completer?.(words, shell.process) ?? [];
  const candidates = [...new Set(offered)].filter((candidate) => candidate.startsWith(word)).sort();
  if (candidates.length > 0)
    return { prefix: word, candidates, suffix: (candidate) => (/[=/]$/.test(candidate) ? '' : ' ') };
  return paths(shell, word, words.length === 1);
}

function variables(shell: Shell, word: string): Completion {
  const brace = word.startsWith('${');
  const open = brace ? '${' : '$';
  const candidates = shell.variables
    .names()
    .map((name) => open + name)
    .filter((name) => name.startsWith(word));
  return { prefix: word, candidates, suffix: () => (brace ? '}' : '') };
}

function commands(shell: Shell, word: string): Completion {
  const names = new Set<string>([...BUILTINS.keys(), ...shell.functions.keys(), ...shell.aliases.keys(), ...KEYWORDS]);
  for (const directory of (shell.variables.value('PATH') ?? '').split(':')) {
    for (const entry of entriesOf(shell.process, directory === '' ? '.' : directory)) {
      if (entry.type !== 'directory') names.add(entry.name);
    }
  }
  const candidates = [...names].filter((name) => name.startsWith(word) && /^[\w.+-]/.test(name)).sort();
  return { prefix: word, candidates, suffix: () => ' ' };
}

function paths(shell: Shell, word: string, executable: boolean): Completion {
  const slash = word.lastIndexOf('/');
  const typed = word.slice(0, slash + 1);
  const name = word.slice(slash + 1);
  const tilde = /^~([A-Za-z0-9_.-]*)\//.exec(typed);
  const directory = tilde === null ? typed : homeDirectory(shell, tilde[1]!) + typed.slice(tilde[0].length - 1);
  const candidates: string[] = [];
  for (const entry of entriesOf(shell.process, directory === '' ? '.' : directory)) {
    if (!entry.name.startsWith(name) || (entry.name.startsWith('.') && !name.startsWith('.'))) continue;
    // Control characters in a name would act on the terminal.
    if (/[\x00-\x1f\x7f]/.test(entry.name)) continue;
    const full = `${directory}${entry.name}`;
    const isDirectory = entry.type === 'directory' || (entry.type === 'symlink' && isDirectoryAt(shell.process, full));
    if (executable && !isDirectory && !shell.process.access(full, 'execute')) continue;
    candidates.push(typed + escaped(entry.name) + (isDirectory ? '/' : ''));
  }
  const suffix = (candidate: string) => (candidate.endsWith('/') ? '' : ' ');
  return { prefix: typed + escaped(name), candidates: candidates.sort(), suffix };
}

function escaped(name: string): string {
  return name.replace(/[\s"'\\$`*?[\](){}|&;<>!#~]/g, '\\$&');
}

function entriesOf(process: Process, path: string): readonly DirectoryEntry[] {
  try {
    return process.readdir(path);
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
}

function isDirectoryAt(process: Process, path: string): boolean {
  try {
    return process.stat(path).type === 'directory';
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}
