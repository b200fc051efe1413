import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const PACKAGE = resolve(import.meta.dirname, '../../../package.json');

/** The arguments with which `npm run workshop` starts Node. */
export function workshopCommand(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { scripts: { workshop: string } };
  const [node, ...args] = scripts.workshop.split(' ');
  if (node !== 'node') throw new Error(`a workshop is started by ${node}`);
  return args;
}
