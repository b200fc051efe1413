import { rosterKey } from './join-routes.ts';
import { OptionsError } from './options.ts';

/**
 * Reads a list of people: CSV with a head line that names the columns `name` and `id` (the other columns are passed over).
 * Returns the id by name, as names are compared.
 *
 * @throws OptionsError by line
 */
export function readRoster(file: string, text: string): ReadonlyMap<string, string> {
  const [head, ...lines] = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map(cellsOf);
  const columns = head?.map((cell) => cell.trim().toLowerCase()) ?? [];
  const [nameAt, idAt] = [columns.indexOf('name'), columns.indexOf('id')];
  if (nameAt < 0 || idAt < 0) throw new OptionsError(`${file}:1: the first line must name the columns "name" and "id"`);
  const people = new Map<string, string>();
  for (const [index, cells] of lines.entries()) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    const [name = '', id = ''] = [cells[nameAt], cells[idAt]?.trim()];
    if (rosterKey(name) === '' || id === '') throw new OptionsError(`${file}:${index + 2}: a name or an id is missing`);
    if (people.has(rosterKey(name))) throw new OptionsError(`${file}:${index + 2}: "${name}" is on the list twice`);
    people.set(rosterKey(name), id);
  }
  if (people.size === 0) throw new OptionsError(`${file}: nobody is on the list`);
  return people;
}

function cellsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}
