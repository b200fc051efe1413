import { expect, test } from 'vitest';
import { createEnvironment } from './environment.ts';
import { compileProgram } from './program.ts';

const environment = createEnvironment();

function evaluate(expression: string): unknown {
  return compileProgram(environment, expression).evaluate({}, { left: 1_000_000 });
}

test.each([
  ['[1, 2, 3].isSorted() && ![2, 1].isSorted()', true],
  ['[1, 2, 3].sum()', 6n],
  ['[1.5, 2.0].sum()', 3.5],
  ['[3, 1, 2].min() + [3, 1, 2].max()', 4n],
  ['["a", "b", "a"].indexOf("a") == 0 && ["a", "b", "a"].lastIndexOf("a") == 2', true],
  ['[1, 1, 2].distinct().size()', 2n],
  ['sets.contains([1, 2, 3], [3, 1]) && sets.equivalent([1, 2], [2, 1, 1]) && !sets.intersects([1], [2])', true],
  ['"abc 123".find("[0-9]+")', '123'],
  ['"123 abc 456".findAll("[0-9]+", 1)', ['123']],
  ['"a,b".split(",").join("-").upperAscii()', 'A-B'],
  ['"hello".charAt(1) + "hello".replace("l", "L", 1)', 'eheLlo'],
  ['url("https://example.com:8443/a b?x=1").getHost()', undefined],
  ['url("https://user@example.com:8443/a?x=1&x=2").getHostname()', 'example.com'],
  ['url("https://example.com:8443/a?x=1&x=2").getQuery()["x"].size()', 2n],
  ['isURL("/path") && !isURL("../path")', true],
  ['quantity("1Gi").isGreaterThan(quantity("1G")) && quantity("1000m") == quantity("1")', true],
  ['quantity("50k").add(20).sub(quantity("10")).asInteger()', 50010n],
  ['isQuantity("1.3Gi") && !isQuantity("1.3Gb")', true],
  ['ip("192.168.0.1").family() == 4 && ip("::1").isLoopback() && ip("fe80::1").isLinkLocalUnicast()', true],
  ['ip.isCanonical("2001:db8::1") && !ip.isCanonical("2001:DB8::1")', true],
  ['string(ip("2001:0db8:0:0:0:0:0:1"))', '2001:db8::1'],
  ['cidr("192.168.0.0/16").containsIP("192.168.10.1") && !cidr("10.0.0.0/8").containsCIDR("11.0.0.0/9")', true],
  ['string(cidr("192.168.0.1/24").masked())', '192.168.0.0/24'],
  ['semver("1.2.3").isLessThan(semver("1.10.0")) && semver("v1.2", true).minor() == 2', true],
  ['semver("1.0.0-alpha.1").compareTo(semver("1.0.0"))', -1n],
  ['!format.dns1123Label().validate("my-name").hasValue()', true],
  ['format.named("dns1123Label").value().validate("contains_underscore").hasValue()', true],
  ['optional.none().orValue(3)', 3n],
  ['cel.bind(x, 4, x * x)', 16n],
])('%s', (expression, expected) => {
  if (expected === undefined) expect(() => evaluate(expression)).toThrow('URL parse error');
  else expect(evaluate(expression)).toEqual(expected);
});

test.each([
  [
    '1 + "a"',
    `ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'\n | 1 + "a"\n | ..^`,
  ],
  ['x == 1', "ERROR: <input>:1:1: undeclared reference to 'x' (in container '')\n | x == 1\n | ^"],
  [
    '"a".nope()',
    `ERROR: <input>:1:9: found no matching overload for 'nope' applied to 'string.()'\n | "a".nope()\n | ........^`,
  ],
])('refuses %s', (expression, message) => {
  expect(() => compileProgram(environment, expression)).toThrow(message);
});

test('an expression that would take forever ends', () => {
  const range = (name: string, inner: string) => `[1,2,3,4,5,6,7,8,9,10].all(${name}, ${inner})`;
  const expression = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].reduceRight(
    (inner, name) => range(name, inner),
    'true',
  );
  expect(() => evaluate(expression)).toThrow('operation cancelled: actual cost limit exceeded');
  const doubled = Array.from({ length: 60 }).reduce<string>((inner) => `cel.bind(x, ${inner}, x + x)`, '"0123456789"');
  expect(() => evaluate(doubled)).toThrow('operation cancelled');
});
