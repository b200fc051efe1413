import { expect, test } from 'vitest';
import { variantFor } from './chosen-variant.ts';
import { countVariants, withVariant } from './variant.ts';

const folder = {
  'exercise.yaml': 'variants:\n  - { NAME: tide, PORT: 80 }\n  - { NAME: ferry, PORT: 8080 }\nbrief: Make __NAME__.\n',
  'solutions/reference/a.yaml': 'name: __NAME__\nport: __PORT__\n',
};

test('places are filled in every file, numbers as numbers', () => {
  expect(countVariants('a', folder)).toBe(2);
  const files = withVariant('a', folder, 1);
  expect(files['exercise.yaml']).toContain('brief: Make ferry.');
  expect(files['solutions/reference/a.yaml']).toBe('name: ferry\nport: 8080\n');
});

test('an exercise without variants has one, and its files are left alone', () => {
  const plain = { 'exercise.yaml': 'brief: __init__ and __NAME__\n' };
  expect(countVariants('a', plain)).toBe(1);
  expect(withVariant('a', plain, 0)).toBe(plain);
});

test.each([
  [
    { ...folder, 'start/a.yaml': 'x\ny: __COLOUR__\n' },
    0,
    'exercises/a/start/a.yaml:2: no variant says what __COLOUR__ is',
  ],
  [folder, 2, 'exercises/a has 2 variants; there is no number 3'],
  [
    { 'exercise.yaml': 'variants:\n  - { A: 1 }\n  - { B: 1 }\n' },
    0,
    'exercise.yaml:3: variants[1].B: unknown field; known here: A',
  ],
])('what is wrong is said', (files, index, message) => {
  expect(() => withVariant('a', files, index)).toThrow(message);
});

test('the same learner gets the same variant, and a class gets all of them', () => {
  expect(variantFor('mira', 3)).toBe(variantFor('mira', 3));
  const got = Array.from({ length: 60 }, (_, index) => variantFor(`learner-${index}`, 3));
  for (const variant of [0, 1, 2]) expect(got.filter((each) => each === variant).length).toBeGreaterThan(8);
});
