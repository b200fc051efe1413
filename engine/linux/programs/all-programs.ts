import type { Program } from '../syscalls.ts';
import { agnhost } from './agnhost/agnhost.ts';
import { autoscaleDemo } from './autoscale-demo.ts';
import { bootcamp } from './bootcamp.ts';
import { oldNslookup } from './dns/old-nslookup.ts';
import { echoserver } from './echoserver.ts';
import { guestbookFrontend } from './guestbook-frontend.ts';
import { goproxy, helloApp, helloBackend } from './hello-app.ts';
import { hpaExample } from './hpa-example.ts';
import { httpEcho } from './http-echo.ts';
import { httpd } from './httpd/httpd.ts';
import { MAKERS } from './makers.ts';
import { mysqlEntrypoint } from './mysql/entrypoint.ts';
import { mysql } from './mysql/mysql.ts';
import { mysqladmin } from './mysql/mysqladmin.ts';
import { mysqld } from './mysql/mysqld.ts';
import { xbstream, xtrabackup } from './mysql/xtrabackup.ts';
import { ncat } from './ncat.ts';
import { nfsd } from './nfs/nfsd.ts';
import { nginx } from './nginx/nginx.ts';
import { perl } from './perl/perl.ts';
import type { ProgramSource } from './program-source.ts';
import { proportionalAutoscaler } from './proportional-autoscaler/autoscaler.ts';
import { redisCli } from './redis/redis-cli.ts';
import { redisServer } from './redis/redis-server.ts';
import { stress } from './stress.ts';
import { vishStress } from './vish-stress.ts';
import { whoamiServer } from './whoami-server.ts';
import { wordpressEntrypoint } from './wordpress/entrypoint.ts';
import { wordpress } from './wordpress/wordpress.ts';
import { zookeeperJava } from './zookeeper/java.ts';

const SPECIAL: Readonly<Record<string, Program>> = {
  agnhost,
  'autoscale-demo': autoscaleDemo,
  'bootcamp-1': bootcamp('1'),
  'bootcamp-2': bootcamp('2'),
  echoserver,
  goproxy,
  'guestbook-frontend': guestbookFrontend,
  'hello-app-1': helloApp('1.0.0'),
  'hello-app-2': helloApp('2.0.0'),
  'hello-backend': helloBackend,
  'hpa-example': hpaExample,
  'http-echo': httpEcho,
  httpd,
  mysql,
  'mysql-entrypoint': mysqlEntrypoint,
  mysqladmin,
  mysqld,
  ncat,
  nfsd,
  nginx,
  'old-nslookup': oldNslookup('busybox'),
  perl,
  'proportional-autoscaler': proportionalAutoscaler,
  'redis-cli': redisCli,
  'redis-server': redisServer,
  stress,
  'vish-stress': vishStress,
  'whoami-server': whoamiServer,
  wordpress,
  'wordpress-entrypoint': wordpressEntrypoint,
  xbstream,
  xtrabackup,
  'zookeeper-java': zookeeperJava,
};

/** Every program there is. Whoever imports this loads them all. */
export const allPrograms: ProgramSource = {
  program(name, flavour) {
    if (Object.hasOwn(SPECIAL, name)) return SPECIAL[name]!;
    const program = Object.hasOwn(MAKERS, name) ? MAKERS[name]!(flavour) : undefined;
    if (program === undefined) throw new Error(`there is no program called "${name}"`);
    return program;
  },
};
