import { Simulation } from '../../../../sim/index.ts';
import { type CorpusCase, get } from './corpus.ts';

// Configurations that nobody wrote: locations, names and rewrites thrown together from few words, so that they collide.

const PARTS = ['a', 'b', 'ab', 'c'];
const HOSTS = ['a.x', 'b.x', 'a.b.x', 'x', 'a.y', 'none'];
const NAMES = ['a.x', 'b.x', '*.x', '*.b.x', 'a.*', '.x', '~^(\\w)\\.x$', '~b'];

/** The same seed makes the same cases. */
export function generateCases(seed: string, count: number): readonly CorpusCase[] {
  const random = new Simulation({ seed }).random('corpus');
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random.float() * from.length)]!;
  const path = () => `/${Array.from({ length: Math.floor(random.float() * 3) }, () => pick(PARTS)).join('/')}`;
  const text = (label: string) => `"${label} u=$uri a=$args q=$request_uri 1=$1"`;
  const action = (label: string): string => {
    const dice = random.float();
    if (dice < 0.12) return `rewrite ^/${pick(PARTS)}(.*)$ ${path()}$1 last; return 200 ${text(label)};`;
    if (dice < 0.2) return `rewrite ^/(\\w*)(.*)$ /c$2?w=$1; return 200 ${text(label)};`;
    if (dice < 0.26)
      return `rewrite ${pick(PARTS)}$ ${path()} ${pick(['redirect', 'permanent'])}; return 200 ${text(label)};`;
    if (dice < 0.34)
      return `if ($arg_x = ${pick(['1', '2'])}) { return 202 ${text(`${label}-if`)}; } return 200 ${text(label)};`;
    if (dice < 0.4) return `set $v "$uri"; if ($v ~ "^/(.)") { set $v "$1"; } return 200 "${label} v=$v";`;
    if (dice < 0.46) return `return ${pick(['301', '302', '307'])} ${path()};`;
    if (dice < 0.5) return `return ${pick(['403', '404', '500', '503'])};`;
    return `return 200 ${text(label)};`;
  };
  const locations = (label: string, depth: number, within: string): string => {
    const seen = new Set<string>();
    let block = '';
    for (let at = 0; at < 2 + random.float() * 4; at++) {
      const kind = pick(['', '', '', '=', '^~', '~', '~*']);
      const isPattern = kind.startsWith('~');
      const where = isPattern
        ? pick(['^/a', 'b$', '/(a|c)/', '^/(.+)b', 'A'])
        : within + path().slice(within === '' ? 0 : 1);
      const key = isPattern ? `${kind} ${where}` : `${kind === '=' ? '=' : ''} ${where}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const name = `${label}.${at}`;
      const inner =
        depth > 0 && !isPattern && kind !== '=' && random.float() < 0.3 ? locations(name, depth - 1, where) : '';
      block += `location ${kind} ${where} { ${inner} ${action(name)} }\n`;
    }
    return block;
  };
  return Array.from({ length: count }, (_, index) => {
    let config = '';
    const used = new Set<string>();
    for (let at = 0; at < 1 + random.float() * 3; at++) {
      const name = pick(NAMES);
      if (used.has(name)) continue;
      used.add(name);
      config += `server { listen 127.0.0.1:@PORT@; server_name "${name}"; root @DIR@;\n${locations(`s${at}`, 1, '')}}\n`;
    }
    const query = () => (random.float() < 0.3 ? `?x=${pick(['1', '2', ''])}` : '');
    const requests = Array.from({ length: 25 }, () => get(path() + query(), pick(HOSTS)));
    return { name: `generated ${seed} ${index}`, text: config, requests };
  });
}
