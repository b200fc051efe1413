import { expect, test } from 'vitest';
import { expandHistory } from './expansion.ts';
import { emptyMemory } from './memory.ts';

// What bash 5.2 made of these lines, after these ones.
const HISTORY = [
  'ls /etc/hosts.d/file.tar.gz',
  'echo "q q" \'r r\'; echo z',
  'kubectl get pods -o wide',
  'echo foo foo bar',
];

const expand = (line: string, quote: '"' | "'" | '' = '') =>
  expandHistory(line, { history: HISTORY, memory: emptyMemory(), quote, extglob: false });

test.each([
  // Which line.
  ['!!', 'echo foo foo bar'],
  ['!1', 'ls /etc/hosts.d/file.tar.gz'],
  ['!-2', 'kubectl get pods -o wide'],
  ['!kub', 'kubectl get pods -o wide'],
  ['!?r r?', 'echo "q q" \'r r\'; echo z'],
  ['time !!; echo "it was !!"', 'time echo foo foo bar; echo "it was echo foo foo bar"'],
  ['echo @!#', 'echo @echo @'],
  // Which words.
  ['echo !$ !^ !* !:0', 'echo bar foo foo foo bar echo'],
  ['echo !kub:2', 'echo pods'],
  ['!-2:0-2 -A', 'kubectl get pods -A'],
  ['echo !-3:1 !-3:3', 'echo "q q" ;'],
  ['echo !kub:3* !kub:1-', 'echo -o wide get pods -o'],
  ['echo !?pods?:%', 'echo pods'],
  // What is changed in them.
  ['cat !ls:$:h', 'cat /etc/hosts.d'],
  ['cat !ls:$:t !ls:$:r !ls:$:e', 'cat file.tar.gz /etc/hosts.d/file.tar .gz'],
  ['^foo^FOO', 'echo FOO foo bar'],
  ['^foo^FOO^ baz', 'echo FOO foo bar baz'],
  ['!!:gs/foo/x&/', 'echo xfoo xfoo bar'],
  ['!!:Gs/o/0/', 'ech0 f0o f0o bar'],
  ['!!:s/foo/a/:&', 'echo a a bar'],
  ['!kub:q', "'kubectl get pods -o wide'"],
  ['!kub:0-1:x', "'kubectl' 'get'"],
])('%s becomes %s', (line, text) => {
  expect(expand(line)).toEqual({ text, changed: true, printOnly: false });
});

test.each([
  'echo \'no !! here\' \\!\\! "it \\!! is"',
  'echo "done!"',
  'if ! true; then echo no; fi',
  'kubectl get pods -l app!=x --field-selector=status.phase!=Running',
  `echo $\{!name} $! [!a]*`,
  'echo hi # and !!',
])('%s stays as it is', (line) => {
  expect(expand(line)).toEqual({ text: line, changed: false, printOnly: false });
});

test('an open quote is minded', () => {
  expect(expand("the other !! half' !$", "'").text).toBe("the other !! half' bar");
  expect(expand('and !$!"', '"').text).toBe('and bar!"');
});

test(':p only shows', () => {
  expect(expand('!kub:p')).toEqual({ text: 'kubectl get pods -o wide', changed: true, printOnly: true });
});

test.each([
  ['!zzz', '!zzz: event not found'],
  ['!99', '!99: event not found'],
  ['echo "Hello!</b>"', '!: event not found'],
  ['curl "http://u:p!w@host"', '!w@host: event not found'],
  ['!!:9', ':9: bad word specifier'],
  ['^nope^x', ':s^nope^x: substitution failed'],
  ['!!:y', 'y: unrecognized history modifier'],
])('%s cannot be: %s', (line, message) => {
  expect(() => expand(line)).toThrow(message);
});
