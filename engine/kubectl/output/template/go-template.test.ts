import { expect, test } from 'vitest';
import { Workstation } from '../../testing/workstation.ts';

// What a real kubectl prints for the same ConfigMap.

function print(template: string) {
  const workstation = new Workstation();
  workstation.write('t.tpl', template);
  return workstation.run(
    'create configmap a --from-literal=x=1 --from-literal=y=zz --dry-run=client -o go-template-file=t.tpl',
  );
}

const PRINTED: readonly (readonly [string, string])[] = [
  ['{{.metadata.name}}', 'a'],
  ['{{.foo}} {{.foo.bar}}', '<no value> <no value>'],
  ['{{.data}}', 'map[x:1 y:zz]'],
  ['{{index .data "x"}}{{(index .data "x")}}{{(.metadata).name}}', '11a'],
  ['{{len .data}} {{.metadata.name | printf "%s!" | len}}', '2 2'],
  ['{{range $k,$v := .data}}{{$k}}={{$v}}{{"\\n"}}{{end}}', 'x=1\ny=zz\n'],
  ['{{range .nope}}x{{else}}empty{{end}}', 'empty'],
  ['{{range .data}}{{.}}{{break}}{{end}}', '1'],
  ['{{range 3}}{{.}}{{end}}', '012'],
  ['{{if eq .data.x "1"}}A{{else if .b}}B{{else}}C{{end}}', 'A'],
  ['{{if .b}}A{{else if .data}}B{{else}}C{{end}}', 'B'],
  ['{{with .data}}{{.x}}{{$.metadata.name}}{{else}}no{{end}}', '1a'],
  ['{{printf "%s-%d %v %q %5s|%-4d|" .metadata.name 3 .data "a" "b" 7}}', 'a-3 map[x:1 y:zz] "a"     b|7   |'],
  ['{{and 1 0}} {{or 0 "" 5}} {{not 0}}', '0 5 true'],
  ['{{- /* a note */ -}} a {{- "b" -}} c', 'abc'],
  ['{{ne 1 2}} {{gt 2 1}}{{ge 1 1}}{{le 1 2}}{{eq 1 2 1}}', 'true truetruetruetrue'],
  ['{{$a := 1}}{{if true}}{{$a = 2}}{{end}}{{$a}}', '2'],
  ['{{slice "abcdef" 1 3}} {{html "<a>"}} {{urlquery "a b"}} {{print 1 2 "a"}}', 'bc &lt;a&gt; a+b 1 2a'],
  ['{{exists . "data" "x"}} {{base64decode "YWI="}}', 'true ab'],
  ['{{define "T"}}x{{.}}{{end}}{{template "T" .metadata.name}}', 'xa'],
  ['{{1.5}} {{0x10}} {{"a\\tb"}} {{`raw`}}', '1.5 16 a\tb raw'],
];

for (const [template, text] of PRINTED) {
  test(`template ${template}`, () => {
    expect(print(template)).toEqual({ stdout: text, stderr: '', exitCode: 0 });
  });
}

const UNPARSABLE: readonly (readonly [string, string])[] = [
  ['{{.foo', 'unclosed action'],
  ['{{range .items}}', 'unexpected EOF'],
  ['{{end}}', 'unexpected {{end}}'],
  ['{{else}}', 'unexpected {{else}}'],
  ['{{foo}}', 'function "foo" not defined'],
  ['{{.x y}}', 'function "y" not defined'],
  ['{{$x}}', 'undefined variable "$x"'],
  ['{{"abc', 'unterminated quoted string'],
  ['{{break}}', '{{break}} outside {{range}}'],
  ['{{if}}x{{end}}', 'missing value for if'],
];

for (const [template, problem] of UNPARSABLE) {
  test(`template that cannot be parsed: ${template}`, () => {
    const stderr = `error: error parsing template ${template}, template: output:1: ${problem}\n`;
    expect(print(template)).toEqual({ stdout: '', stderr, exitCode: 1 });
  });
}

const FAILING: readonly (readonly [string, string])[] = [
  [
    '{{.metadata.name.x}}',
    `1:11: executing "output" at <.metadata.name.x>: can't evaluate field x in type interface {}`,
  ],
  [
    '{{index .data 3}}',
    `1:2: executing "output" at <index .data 3>: error calling index: value has type int; should be string`,
  ],
  [
    '{{index .metadata.name 9}}',
    `1:2: executing "output" at <index .metadata.name 9>: error calling index: index out of range: 9`,
  ],
  ['{{len 3}}', `1:2: executing "output" at <len 3>: error calling len: len of type int`],
  [
    '{{eq .metadata 1}}',
    `1:2: executing "output" at <eq .metadata 1>: error calling eq: incompatible types for comparison: map[string]interface {} and int`,
  ],
  ['{{eq "a"}}', `1:2: executing "output" at <eq "a">: error calling eq: missing argument for comparison`],
  [
    '{{lt 1 "a"}}',
    `1:2: executing "output" at <lt 1 "a">: error calling lt: incompatible types for comparison: int and string`,
  ],
  ['{{range .metadata.name}}x{{end}}', `1:17: executing "output" at <.metadata.name>: range can't iterate over a`],
  ['{{template "x"}}', `1:11: executing "output" at <{{template "x"}}>: template "x" not defined`],
  ['{{1 2}}', `1:2: executing "output" at <1>: can't give argument to non-function 1`],
  ['{{nil}}', `1:2: executing "output" at <nil>: nil is not a command`],
  ['{{not}}', `1:2: executing "output" at <not>: wrong number of args for not: want 1 got 0`],
  ['{{$b = 2}}', `1:7: executing "output" at <2>: undefined variable: $b`],
];

for (const [template, problem] of FAILING) {
  test(`template that fails: ${template}`, () => {
    const { stdout, stderr, exitCode } = print(template);
    expect(exitCode).toBe(1);
    expect(stderr).toBe(`error: error executing template ${JSON.stringify(template)}: template: output:${problem}\n`);
    expect(stdout).toBe(
      `Error executing template: template: output:${problem}. Printing more information for debugging the template:\n` +
        `\ttemplate was:\n\t\t${template}\n` +
        '\traw data was:\n\t\t{"apiVersion":"v1","data":{"x":"1","y":"zz"},"kind":"ConfigMap","metadata":{"name":"a"}}\n' +
        '\tobject given to template engine was:\n\t\tmap[apiVersion:v1 data:map[x:1 y:zz] kind:ConfigMap metadata:map[name:a]]\n\n',
    );
  });
}

test('templates that never end are stopped', () => {
  expect(print('{{define "T"}}{{template "T"}}{{end}}{{template "T"}}').stderr).toContain(
    'exceeded maximum template depth',
  );
  expect(print('{{range 1000000000}}x{{end}}').stderr).toContain('takes too many steps');
});

test('templates given in other ways', () => {
  const workstation = new Workstation();
  const create = 'create configmap a --dry-run=client';
  expect(workstation.run(`${create} -o template --template={{.kind}}`).stdout).toBe('ConfigMap');
  expect(workstation.run(`${create} --template={{.kind}}`).stdout).toBe('ConfigMap');
  expect(workstation.run(`${create} -o go-template`).stderr).toBe(
    'error: template format specified but no template given\n',
  );
  expect(workstation.run(`${create} -o go-template-file=/nope`).stderr).toBe(
    'error: error reading --template /nope, open /nope: no such file or directory\n',
  );
});
