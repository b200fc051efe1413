import type { Builtin } from './builtin.ts';
import { complete } from './complete.ts';
import { cd, pwd } from './directory.ts';
import {
  breakLoop,
  caller,
  colon,
  continueLoop,
  dot,
  evaluate,
  exec,
  exit,
  falseCommand,
  returnFromFunction,
  trueCommand,
} from './flow.ts';
import { getopts } from './getopts.ts';
import { history } from './history.ts';
import { bg, disown, fg, jobs, kill, wait } from './jobs.ts';
import { letCommand, times, ulimit, umask } from './limits.ts';
import { alias, hash, nameBuiltins, unalias } from './names.ts';
import { echo, printf, test } from './output.ts';
import { mapfile, read } from './read.ts';
import { set, shift, shopt } from './set.ts';
import { trap } from './trap.ts';
import { declare, exportVariables, local, readonlyVariables, unset } from './variables.ts';

const table = new Map<string, Builtin>(
  Object.entries({
    ':': colon,
    '.': dot,
    '[': test,
    alias,
    bg,
    break: breakLoop,
    caller,
    cd,
    complete,
    continue: continueLoop,
    declare,
    disown,
    echo,
    eval: evaluate,
    exec,
    exit,
    export: exportVariables,
    false: falseCommand,
    fg,
    getopts,
    hash,
    history,
    jobs,
    kill,
    let: letCommand,
    local,
    mapfile,
    printf,
    pwd,
    read,
    readarray: mapfile,
    readonly: readonlyVariables,
    return: returnFromFunction,
    set,
    shift,
    shopt,
    source: dot,
    test,
    times,
    trap,
    true: trueCommand,
    typeset: declare,
    ulimit,
    umask,
    unalias,
    unset,
    wait,
  }),
);
for (const [name, builtin] of Object.entries(nameBuiltins(table))) table.set(name, builtin);

/** The shell's own commands by name. */
export const BUILTINS: ReadonlyMap<string, Builtin> = table;
