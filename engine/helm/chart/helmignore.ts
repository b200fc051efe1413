import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';

/** Whether a path of a chart is left out. https://helm.sh/docs/chart_template_guide/helm_ignore_file/ */
type Ignored = (path: string, directory: boolean) => boolean;

/** The rules of a .helmignore; a chart without one has only the rule that hidden templates are none. */
export function ignoreRules(process: Process, path: string): Ignored {
  const text = process.access(path, 'exists') ? decode(process.readFile(path)) : '';
  const rules = ['templates/.?*', ...text.split('\n')]
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(rule);
  return (name, directory) => rules.some((matches) => matches(name, directory));
}

function rule(line: string): Ignored {
  const directoryOnly = line.endsWith('/');
  const pattern = line.replace(/\/$/, '').replace(/^\//, '');
  const expression = new RegExp(`^${globPattern(pattern)}$`);
  const whole = line.replace(/\/$/, '').includes('/');
  return (name, directory) =>
    (!directoryOnly || directory) && expression.test(whole ? name : name.slice(name.lastIndexOf('/') + 1));
}

/** A shell pattern as a regular expression's text. */
export function globPattern(pattern: string): string {
  return pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('**', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('\0', '.*');
}
