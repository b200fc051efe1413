import { expect, test } from 'vitest';
import { allPrograms } from '../../linux/programs/all-programs.ts';
import { createCluster } from '../create.ts';
import { alpineTree, PATH } from './base.ts';
import { defineImage } from './definition.ts';

// An image of one's own, as exercises/README.md points to: a base, some files on top, and how it is started.

const counter = defineImage({
  reference: 'registry.example.com/counter:1.0',
  aliases: ['registry.example.com/counter:latest'],
  sizeBytes: 4_000_000,
  trees: () => [
    alpineTree(allPrograms),
    {
      '/usr/local/bin/count': {
        text: '#!/bin/sh\nfor n in $(seq 1 "$1"); do\n    echo "$GREETING $n"\ndone\n',
        mode: 0o755,
      },
    },
  ],
  entrypoint: ['count'],
  env: { PATH, GREETING: 'hello' },
  user: '1000',
});

test('an image that an author adds is pulled and runs', () => {
  const cluster = createCluster({ seed: 'example', images: [counter] });
  const kubectl = (...args: readonly string[]) => cluster.run('workstation', ['kubectl', ...args], 60_000)?.stdout;
  kubectl('run', 'counter', '--image=registry.example.com/counter:1.0', '--restart=Never', '--', '2');
  cluster.sim.runFor(10_000);
  expect(kubectl('logs', 'counter')).toBe('hello 1\nhello 2\n');
});
