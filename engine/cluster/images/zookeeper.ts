import { zookeeperFiles } from '../../linux/programs/zookeeper/files.ts';
import { debianTree, group, type ImageMaker, PATH, passwd } from './base.ts';
import { defineImage } from './definition.ts';

/** https://kubernetes.io/docs/tutorials/stateful-application/zookeeper/ */
export const zookeeperImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10',
    aliases: ['gcr.io/google_containers/kubernetes-zookeeper:1.0-3.4.10'],
    sizeBytes: 142_000_000,
    trees: () => [
      debianTree(programs, ['ps', 'pgrep', 'pkill', 'nc']),
      zookeeperFiles(programs),
      {
        '/etc/passwd': { text: passwd('/bin/bash', 'zookeeper:x:1000:1000::/home/zookeeper:\n') },
        '/etc/group': { text: group('zookeeper:x:1000:\n') },
      },
    ],
    command: ['bash'],
    env: { PATH },
  });
