import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { play } from './transcript.ts';

// The Pod rows of the syllabus at the keyboard, as a user of Kubernetes sees them.

const ROWS = new URL('./rows/', import.meta.url);

test.for(readdirSync(ROWS).sort())('%s', async (name) => {
  const file = new URL(name, ROWS);
  await expect(play(readFileSync(file, 'utf8'))).toMatchFileSnapshot(file.pathname);
});
