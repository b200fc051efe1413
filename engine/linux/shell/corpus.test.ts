import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testShell } from './testing/test-shell.ts';

// Scripts with what the real bash 5.2, dash 0.5.12 and busybox 1.35 print (programs: GNU's, mawk and busybox's own): corpus/<shell>/<name>.sh and .out, whose last line is the exit code.

const corpus = new URL('./corpus/', import.meta.url);

for (const dialect of ['bash', 'dash', 'ash'] as const) {
  const names = readdirSync(new URL(`${dialect}/`, corpus)).filter((name) => name.endsWith('.sh'));
  test.for(names)(`${dialect} %s`, (name) => {
    const script = readFileSync(new URL(`${dialect}/${name}`, corpus), 'utf8');
    const expected = readFileSync(new URL(`${dialect}/${name.replace(/sh$/, 'out')}`, corpus), 'utf8');
    const shell = testShell(dialect, { [`/work/${name}`]: { text: script } });
    const { stdout, exitCode } = shell.run([dialect === 'ash' ? 'sh' : dialect, name]);
    expect(`${stdout}exit ${exitCode}\n`).toBe(expected);
  });
}

// Short scripts along the chapters of POSIX' Shell Command Language, and what people use beyond it: `%%`, the script, then
// `%% shells` and what these print, with the exit code.
for (const file of ['posix.txt', 'bash-and-programs.txt']) {
  const text = readFileSync(new URL(file, corpus), 'utf8');
  const cases = text
    .split(/^%%\n/m)
    .slice(1)
    .flatMap((block) => {
      const [script = '', ...answers] = block.split(/^%% /m);
      return answers.flatMap((answer) => {
        const [, dialects = '', expected = ''] = /^(.*)\n([\s\S]*)$/.exec(answer) ?? [];
        return dialects
          .split(' ')
          .map((dialect) => ({ dialect: dialect as 'bash' | 'dash' | 'ash', script, expected }));
      });
    });
  test.for(cases)(`${file}: $dialect $script`, ({ dialect, script, expected }) => {
    const shell = testShell(dialect, { '/work/s.sh': { text: script } });
    const { stdout, exitCode } = shell.run([dialect === 'ash' ? 'sh' : dialect, 's.sh']);
    expect(`${stdout}exit ${exitCode}\n`).toBe(expected);
  });
}
