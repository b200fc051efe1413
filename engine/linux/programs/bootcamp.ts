import { formatDate } from '../date-format.ts';
import { serveHttp } from '../http.ts';
import { print } from '../stdio.ts';
import type { Program } from '../syscalls.ts';

/**
 * The application of the tutorial "Learn Kubernetes Basics", a Node.js program.
 * https://kubernetes.io/docs/tutorials/kubernetes-basics/
 */
export const bootcamp = (version: string): Program =>
  function* (process) {
    const startMs = process.now();
    const time = () => new Date(process.now()).toISOString();
    let requests = 0;
    process.setMemory(30 * 1024 * 1024);
    const listener = process.listen(8080);
    yield* print(process, `Kubernetes Bootcamp App Started At: ${time()} | Running On:  ${process.hostname} \n\n`);
    yield* serveHttp(process, listener, function* () {
      requests += 1;
      const uptime = Math.round(process.now() - startMs) / 1000;
      yield* print(
        process,
        `Running On: ${process.hostname} | Total Requests: ${requests} | App Uptime: ${uptime} seconds | Log Time: ${time()}\n`,
      );
      return {
        headers: { 'Content-Type': 'text/plain', Date: formatDate('%a, %d %b %Y %H:%M:%S GMT', process.now()) },
        body: `Hello Kubernetes bootcamp! | Running on: ${process.hostname} | v=${version}\n`,
      };
    });
    return 0;
  };
