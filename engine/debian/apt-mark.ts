import { print } from '../linux/stdio.ts';
import type { Program } from '../linux/syscalls.ts';
import { AptError, aptProgram, readAptCommand, requireLock } from './apt.ts';
import { readInstalled, withInstalled, writeInstalled } from './database.ts';

/** `apt-mark`: which packages are not to be changed by the way. https://manpages.debian.org/trixie/apt/apt-mark.8.en.html */
export const aptMark: Program = aptProgram(function* (process, args) {
  const { command, operands } = readAptCommand(args, []);
  let installed = readInstalled(process);
  if (command === 'showhold') {
    const held = [...installed.values()].filter(({ held }) => held);
    yield* print(process, held.map(({ name }) => `${name}\n`).join(''));
    return 0;
  }
  if (command !== 'hold' && command !== 'unhold') throw new AptError(`Invalid operation ${command}`);
  if (operands.length === 0) throw new AptError('No packages found');
  requireLock(process);
  const wanted = command === 'hold';
  const missing = operands.find((name) => !installed.has(name));
  if (missing !== undefined) throw new AptError(`Unable to locate package ${missing}`);
  for (const name of operands) {
    const { held, stanza } = installed.get(name)!;
    const already = `${name} was already ${wanted ? 'set' : 'not'} on hold.`;
    const changed = wanted ? `${name} set on hold.` : `Canceled hold on ${name}.`;
    yield* print(process, `${held === wanted ? already : changed}\n`);
    installed = withInstalled(installed, stanza, wanted);
  }
  writeInstalled(process, installed);
  return 0;
});
