import { rosterKey } from './join-routes.ts';
import { OptionsError } from './options.ts';

/**
 * Reads a list of people: CSV with a head line that names the columns `id` and `name`, or `first_name` and `last_name` as
 * nbgrader's list of students has them (the other columns are passed over).
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
  const idAt = columns.indexOf('id');
  const nameAt = (columns.includes('name') ? ['name'] : ['first_name', 'last_name']).map((name) =>
    columns.indexOf(name),
  );
  if (idAt < 0 || nameAt.includes(-1)) {
    throw new OptionsError(
      `${file}:1: the first line must name the columns "id" and "name" (or "first_name" and "last_name")`,
    );
  }
  const people = new Map<string, string>();
  for (const [index, cells] of lines.entries()) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    const name = nameAt.map((at) => cells[at] ?? '').join(' ');
    const id = cells[idAt]?.trim() ?? '';
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
