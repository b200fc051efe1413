import { fail, print } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { readAccounts } from './accounts.ts';
import { getOptions, type Options } from './options.ts';
import { type ListedProcess, listProcesses } from './process-list.ts';
import { program } from './program.ts';

interface Node {
  readonly process: ListedProcess;
  readonly label: string;
  children: Node[];
}

interface Drawing {
  readonly first: string;
  readonly single: string;
  readonly branch: string;
  readonly last: string;
  readonly line: string;
}

const ASCII: Drawing = { first: '-+-', single: '---', branch: ' |-', last: ' `-', line: ' | ' };
const UNICODE: Drawing = { first: '─┬─', single: '───', branch: ' ├─', last: ' └─', line: ' │ ' };

/** Processes as a tree; those that are alike are drawn once, with their number. https://man7.org/linux/man-pages/man1/pstree.1.html */
export const pstree = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'apnclAUutTshHV',
    long: { arguments: 'a', 'show-pids': 'p', 'numeric-sort': 'n', 'compact-not': 'c', ascii: 'A', unicode: 'U' },
  });
  const all = listProcesses(process);
  const [wanted] = options.operands;
  const roots = rootsOf(process, all, wanted);
  if (roots === undefined) return yield* fail(process, `No such user name: ${wanted}`);
  if (roots.length === 0 && wanted !== undefined && !/^\d+$/.test(wanted)) {
    yield* print(process, 'No processes found.\n');
    return 1;
  }
  const drawing = options.has('U') ? UNICODE : ASCII;
  for (const root of roots) {
    const tree = treeOf(root, all, options);
    const lines = options.has('a')
      ? listing(tree, drawing)
      : drawn(tree, drawing, !options.has('p') && !options.has('c'));
    yield* print(process, `${lines.join('\n')}\n`);
  }
  return roots.length === 0 ? 1 : 0;
});

/** Where the drawing begins: at PID 1, at a given PID, or wherever a user's processes begin. Undefined for no such user. */
function rootsOf(
  process: Process,
  all: readonly ListedProcess[],
  wanted: string | undefined,
): readonly ListedProcess[] | undefined {
  if (wanted === undefined || /^\d+$/.test(wanted)) return all.filter(({ pid }) => pid === Number(wanted ?? 1));
  const accounts = readAccounts(process);
  const uid = accounts.uid(wanted);
  if (uid === undefined) return undefined;
  const own = all.filter((each) => each.uid === uid);
  return own.filter(({ parentPid }) => own.every(({ pid }) => pid !== parentPid));
}

function treeOf(root: ListedProcess, all: readonly ListedProcess[], options: Options): Node {
  const node: Node = { process: root, label: labelOf(root, options), children: [] };
  node.children = all.filter(({ parentPid }) => parentPid === root.pid).map((child) => treeOf(child, all, options));
  if (!options.has('n')) {
    node.children.sort((a, b) => (a.process.name < b.process.name ? -1 : a.process.name > b.process.name ? 1 : 0));
  }
  return node;
}

function labelOf({ pid, name, command }: ListedProcess, options: Options): string {
  const shown = name.length > 0 ? name : '?';
  if (!options.has('a')) return options.has('p') ? `${shown}(${pid})` : shown;
  const [, ...words] = command.split(' ');
  return [`${shown}${options.has('p') ? `,${pid}` : ''}`, ...words].join(' ');
}

/** With arguments each process has a line of its own. */
function listing({ label, children }: Node, drawing: Drawing, prefix = ''): string[] {
  const lines = [label];
  children.forEach((child, at) => {
    const isLast = at === children.length - 1;
    const [first = '', ...rest] = listing(child, drawing, prefix);
    lines.push(` ${isLast ? drawing.last : drawing.branch}${first}`);
    for (const line of rest) lines.push(` ${isLast ? '   ' : drawing.line}${line}`);
  });
  return lines;
}

/** The first child stands beside its parent, the others below it. */
function drawn({ label, children }: Node, drawing: Drawing, compact: boolean): string[] {
  const groups = grouped(children, drawing, compact);
  const indent = ' '.repeat(label.length);
  return groups.length === 0
    ? [label]
    : groups.flatMap(([first = '', ...rest], at) => {
        const isLast = at === groups.length - 1;
        const lead =
          at > 0
            ? `${indent}${isLast ? drawing.last : drawing.branch}`
            : `${label}${isLast ? drawing.single : drawing.first}`;
        const below = `${indent}${isLast ? '   ' : drawing.line}`;
        return [`${lead}${first}`, ...rest.map((line) => `${below}${line}`)];
      });
}

/** `3*[sleep]` */
function grouped(children: readonly Node[], drawing: Drawing, compact: boolean): string[][] {
  const groups: { lines: string[]; count: number }[] = [];
  for (const child of children) {
    const lines = drawn(child, drawing, compact);
    const alike = compact ? groups.find((group) => group.lines.join('\n') === lines.join('\n')) : undefined;
    if (alike === undefined) groups.push({ lines, count: 1 });
    else alike.count += 1;
  }
  return groups.map(({ lines, count }) => {
    if (count === 1) return lines;
    const head = `${count}*[`;
    return lines.map((line, at) => `${at === 0 ? head : ' '.repeat(head.length)}${line}]`);
  });
}
