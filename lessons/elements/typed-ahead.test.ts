import { expect, test } from 'vitest';
import { TypedAhead } from './typed-ahead.ts';

function typedAhead() {
  const sent: string[] = [];
  return { sent, keys: new TypedAhead((text) => sent.push(text)) };
}

test('what is typed before the shell is there reaches it, in order, and then each key at once', () => {
  const { sent, keys } = typedAhead();
  keys.type('kubectl ');
  keys.type('get pods\r');
  expect(sent).toEqual([]);
  keys.arrived();
  keys.type('ls\r');
  expect(sent).toEqual(['kubectl get pods\r', 'ls\r']);
});

test('between one run and the next it is kept, however often the next is told of', () => {
  const { sent, keys } = typedAhead();
  keys.arrived();
  keys.wait();
  keys.type('one');
  keys.wait();
  keys.type(' two');
  keys.arrived();
  expect(sent).toEqual(['one two']);
});

test('what was typed for a shell that does not come is not typed into a later one', () => {
  const { sent, keys } = typedAhead();
  keys.type('rm -r *\r');
  keys.forget();
  keys.wait();
  keys.arrived();
  expect(sent).toEqual([]);
});
