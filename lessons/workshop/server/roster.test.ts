import { expect, test } from 'vitest';
import { readRoster } from './roster.ts';

test('a list of names and ids, however the columns are ordered and the file was saved', () => {
  const text = '\uFEFFid,Seat,Name\r\ns-1,4,"Lovelace, Ada"\r\n\r\ns-2,5,  Ben  Kay \r\n';
  expect([...readRoster('class.csv', text)]).toEqual([
    ['lovelace, ada', 's-1'],
    ['ben kay', 's-2'],
  ]);
});

test('nbgrader’s list of students', () => {
  expect([...readRoster('students.csv', 'id,first_name,last_name,email\ns-1,Ada,Lovelace,a@x\n')]).toEqual([
    ['ada lovelace', 's-1'],
  ]);
});

test.each([
  ['name\nAda\n', 'class.csv:1: the first line must name'],
  ['name,id\nAda,\n', 'class.csv:2: a name or an id is missing'],
  ['name,id\nAda,1\nADA,2\n', 'class.csv:3: "ADA" is on the list twice'],
  ['name,id\n', 'class.csv: nobody is on the list'],
])('%j is refused by line', (text, problem) => {
  expect(() => readRoster('class.csv', text)).toThrow(problem);
});
