import type { Image } from '../../containerd/image.ts';
import type { ProgramSource } from '../../linux/programs/index.ts';
import { alpineImage, bookwormImage, busyboxImage, debianImage, oldBusyboxImage, ubuntuImage } from './base.ts';
import { documentationImages } from './documentation.ts';
import { cudaImage, learningImage, nvidiaPluginImage, tinyPluginImage, vectorAddImage } from './gpu.ts';
import { guestbookFollowerImage, guestbookFrontendImage } from './guestbook.ts';
import { mysqlImages, wordpressImage, xtrabackupImage } from './mysql.ts';
import { httpdImage, nginxImages, redisImage } from './servers.ts';
import {
  agnhostImage,
  autoscaleDemoImage,
  curlImage,
  dnsutilsImage,
  httpEchoImage,
  netshootImage,
  nfsImage,
  nonRootImage,
  stressImage,
  whoamiImage,
} from './single-purpose.ts';
import { zookeeperImage } from './zookeeper.ts';

const MAKERS = [
  agnhostImage,
  alpineImage,
  autoscaleDemoImage,
  bookwormImage,
  busyboxImage,
  oldBusyboxImage,
  cudaImage,
  curlImage,
  debianImage,
  dnsutilsImage,
  guestbookFollowerImage,
  guestbookFrontendImage,
  httpEchoImage,
  httpdImage,
  learningImage,
  netshootImage,
  nfsImage,
  nonRootImage,
  nvidiaPluginImage,
  redisImage,
  stressImage,
  tinyPluginImage,
  ubuntuImage,
  vectorAddImage,
  whoamiImage,
  wordpressImage,
  xtrabackupImage,
  zookeeperImage,
];

/** Everything a learner's Pods can be made of, beyond what an author adds. */
export function courseImages(programs: ProgramSource): readonly Image[] {
  return [
    ...nginxImages(programs),
    ...documentationImages(programs),
    ...mysqlImages(programs),
    ...MAKERS.map((image) => image(programs)),
  ];
}
