import { expect, test } from 'vitest';
import { testShell } from '../../shell/testing/test-shell.ts';

// What bc 1.07.1 prints.

const { sh } = testShell('bash');
const ash = testShell('ash');

test.each([
  ['1/3', '0\n'],
  ['scale=2;10/3', '3.33\n'],
  ['-0.5', '-.5\n'],
  ['0.00', '0\n'],
  ['1.50', '1.50\n'],
  ['1.5*1.5', '2.2\n'],
  ['scale=1;1.55*1.5', '2.32\n'],
  ['2^100', '1267650600228229401496703205376\n'],
  ['scale=3;2^-2', '.250\n'],
  ['-2^2', '4\n'],
  ['-7%3', '-1\n'],
  ['scale=2;7.5%2', '0\n'],
  ['scale=20;sqrt(2)', '1.41421356237309504880\n'],
  ['obase=16;255;-300.25', 'FF\n-12C.40\n'],
  ['ibase=16;FF', '255\n'],
  ['obase=2;10', '1010\n'],
  ['a=5;a*2;a+=2;a;(a=4)', '10\n7\n4\n'],
  ['1==1;1<0;!0;3&&0;3||0', '1\n0\n1\n0\n1\n'],
  ['x=3;if(x>2)print "big\\n" else print "small\\n"', 'big\n'],
  ['for(i=0;i<3;i++)i', '0\n1\n2\n'],
  ['while(i<3){i+=1;if(i==2)continue;i}', '1\n3\n'],
  ['i++;++i;i--;last', '0\n2\n2\n2\n'],
  ['5;.+1', '5\n6\n'],
  ['length(12.345);scale(1.23)', '5\n2\n'],
  ['print 1,2,"\\n"; "hi"', '12\nhi'],
  ['/* a comment */ 3 # and another', '3\n'],
  ['2^300', '20370359763344860862684456884093781610514683936659362506361404493543\\\n81299763336706183397376\n'],
  ['quit\n4', ''],
  ['if (1) {\n  1\n  2\n}', '1\n2\n'],
])('%s', (text, stdout) => {
  expect(sh('bc', `${text}\n`)).toEqual({ stdout, stderr: '', exitCode: 0 });
});

test('what cannot be computed is said, and the rest goes on', () => {
  expect(sh('bc', '1/0\n1\n')).toMatchObject({
    stdout: '1\n',
    stderr: 'Runtime error (func=(main), adr=3): Divide by zero\n',
    exitCode: 0,
  });
  expect(sh('bc', '1e5\n2\n')).toMatchObject({ stdout: '2\n', stderr: '(standard_in) 1: syntax error\n' });
  expect(ash.sh('bc', '1/0\n').stderr).toBe('bc: divide by zero\n');
  expect(sh('bc', 'define f(x) { return (x) }\n').stderr).toContain('define is not supported');
  expect(sh('bc nope').exitCode).toBe(1);
});

test('numbers that would fill the memory, loops without an end, and parentheses without one', () => {
  expect(sh('bc', '9^9^9^9\n').stderr).toContain('exponent too large');
  expect(sh('bc', 'a=2;while(1)a*=a\n').stderr).toContain('number too large');
  expect(sh('timeout 2 bc; echo $?', 'while(1)x=1\n').stdout).toBe('124\n');
  expect(sh('bc', `${'('.repeat(5000)}\n`).stderr).toContain('nested too deeply');
});
