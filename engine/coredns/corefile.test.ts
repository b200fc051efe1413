import { expect, test } from 'vitest';
import { sha512 } from '../linux/sha512.ts';
import { encode } from '../linux/stdio.ts';
import { CorefileError, parseCorefile } from './corefile.ts';

const parse = (text: string, env: Record<string, string> = {}) =>
  parseCorefile(text, {
    file: '/etc/coredns/Corefile',
    env,
    isPlugin: (name) => ['errors', 'kubernetes', 'forward', 'cache'].includes(name),
    readImport: (path) => (path === '/etc/coredns/more' ? 'cache 30\n' : undefined),
  });

const refusal = (text: string): string => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof CorefileError) return error.message;
    throw error;
  }
  return 'accepted';
};

test('a Corefile is server blocks of plugins with arguments and properties', () => {
  const [first, second] = parse(
    `
# comments go
.:53, example.org {
    errors
    kubernetes cluster.local in-addr.arpa {
       pods insecure # and here
    }
}
other:1053 {
  forward . "10.0.0.1" {$MORE}
}`,
    { MORE: '10.0.0.2' },
  );
  expect(first?.keys).toEqual(['.:53', 'example.org']);
  expect(first?.directives.map(({ name, args, line }) => [name, args, line])).toEqual([
    ['errors', [], 4],
    ['kubernetes', ['cluster.local', 'in-addr.arpa'], 5],
  ]);
  expect(first?.directives[1]?.properties).toEqual([{ name: 'pods', args: ['insecure'], line: 6 }]);
  expect(second?.directives[0]?.args).toEqual(['.', '10.0.0.1', '10.0.0.2']);
});

test('snippets and files are imported where they are named', () => {
  const [block] = parse('(both) {\n errors\n}\n. {\n import both\n import /etc/coredns/more\n}');
  expect(block?.directives.map(({ name }) => name)).toEqual(['errors', 'cache']);
});

test.each([
  ['.:53 {\n  erors\n}', "/etc/coredns/Corefile:2 - Error during parsing: Unknown directive 'erors'"],
  ['.:53 {\n  errors\n', "/etc/coredns/Corefile:2 - Syntax error: Unexpected token 'errors', expecting '}'"],
  ['.:53 {\n  cache {\n', '/etc/coredns/Corefile:2 - Error during parsing: Unexpected EOF'],
  ['. {\n import nothing\n}', '/etc/coredns/Corefile:2 - Error during parsing: File to import not found: nothing'],
  [
    '(a) {\n import a\n}\n. {\n import a\n}',
    '/etc/coredns/Corefile:2 - Error during parsing: Maximum number of imports exceeded',
  ],
])('what is wrong is told with its line: %j', (text, message) => {
  expect(refusal(text)).toBe(message);
});

test('the digest of a configuration is its SHA-512', () => {
  expect(sha512(encode('abc'))).toBe(
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  );
});
